"""Figures: their style, their files, their panels and legends, and drawings of networks."""
