"""What changes pay, by measurement."""
