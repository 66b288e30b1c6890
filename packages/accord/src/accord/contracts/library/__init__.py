"""Contract spaces for the shipped games, one file per game."""
