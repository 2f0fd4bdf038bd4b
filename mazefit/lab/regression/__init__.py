"""The five regressions as a command: settings, the page of text that each tells, and the files that it leaves."""
