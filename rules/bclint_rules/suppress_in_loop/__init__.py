"""BCL902 suppress-in-loop."""
