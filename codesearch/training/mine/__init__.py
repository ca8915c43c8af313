"""From local repositories to training pairs: read, parse, find what was said of each function, filter."""
