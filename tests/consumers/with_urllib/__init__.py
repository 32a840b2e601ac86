"""Lists of prospects, over the standard library alone."""
