"""How well networks of a given size approximate functions: targets, constructions, bounds."""
