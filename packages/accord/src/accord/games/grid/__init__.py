"""The grid kernel, once for every grid game: maps, movement, beams, views. Elementwise, for one environment."""
