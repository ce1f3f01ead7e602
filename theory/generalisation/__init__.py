"""From examples to the rest of the world."""
