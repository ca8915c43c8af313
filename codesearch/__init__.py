"""codesearch finds code by meaning: ask in words, get the functions that answer."""

__version__ = "0.1.0"
