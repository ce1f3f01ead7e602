"""Claims of recent years."""
