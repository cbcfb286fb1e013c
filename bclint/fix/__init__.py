"""Fixes: located with LibCST, verified by compiling, written atomically."""
