"""BCL301 quadratic-growth."""
