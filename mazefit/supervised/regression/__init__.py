"""The five regressions of the tutorials, each file one page put right: settings, flaws, and the truth beside."""
