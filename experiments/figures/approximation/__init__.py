"""Figures about approximation."""
