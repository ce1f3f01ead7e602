"""Hierarchies and simple generators."""
