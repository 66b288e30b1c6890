"""What the server answers: one table of routes (`table.py`), from which it is built, checked and described."""
