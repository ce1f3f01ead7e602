"""Run directories: what is written when, how it is sealed, and how many runs are read as one table."""
