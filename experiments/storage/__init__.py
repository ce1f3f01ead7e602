"""Run directories: what is written and when, how files are checked, and how many runs are read as one table."""
