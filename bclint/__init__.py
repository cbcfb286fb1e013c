"""bclint: the performance linter for Python that reads bytecode."""

__version__ = "0.1.0"
