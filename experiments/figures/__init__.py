"""Figures of claims that draw more than fits beside what they judge; the tree is that of experiments/claims/."""
