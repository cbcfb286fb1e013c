"""What values are, where they come from, and what can change them."""
