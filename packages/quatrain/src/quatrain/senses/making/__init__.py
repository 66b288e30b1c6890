"""How the shipped tables of `quatrain.senses` are made: `python -m quatrain.senses.making`. For maintainers only."""
