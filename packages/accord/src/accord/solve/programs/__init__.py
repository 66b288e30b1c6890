"""Linear programs whose answers are checked in rationals."""
