"""Figures: the house's style, their files, and drawings of networks."""
