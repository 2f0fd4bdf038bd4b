"""A classifier of small images from its basic parts: the network, its update in full, three ways to fit it, and its scores."""
