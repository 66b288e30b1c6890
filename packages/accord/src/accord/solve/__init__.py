"""Exact answers for games small enough to know everything."""
