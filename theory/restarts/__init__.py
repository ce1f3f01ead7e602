"""Local minima, restarts and brute force."""
