"""Counting: configurations, functions and inputs."""
