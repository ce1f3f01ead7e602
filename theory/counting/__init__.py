"""Counting: configurations of a network, the functions they give, and the inputs that are told apart."""
