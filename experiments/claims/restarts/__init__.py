"""Claims about local minima, restarts and brute force, and how they are measured."""
