"""Studies of the geometry of value functions: many seeds, one record."""
