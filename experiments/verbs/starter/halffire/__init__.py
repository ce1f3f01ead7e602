"""Claims of the family `halffire`: every module of this package is one, unless its name begins with an underscore."""
