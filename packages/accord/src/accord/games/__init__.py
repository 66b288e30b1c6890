"""Games: matrix games, public goods, Cleanup."""
