"""Trains many small networks at once, near the machine's limit."""
