"""Pictures and pages of the geometry of value functions."""
