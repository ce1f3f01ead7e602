"""Claims about deep and shallow networks, and how they are measured."""
