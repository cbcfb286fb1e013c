"""Measuring: what rules' changes pay, and what instructions cost."""
