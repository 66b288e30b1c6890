"""A notepad for songwriters that will suggest the next line. Nothing is built yet."""

__version__ = "0.0.0"
