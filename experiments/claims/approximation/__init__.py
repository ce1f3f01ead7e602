"""Claims about universal approximation: rates, dimensions, narrow networks, activations."""
