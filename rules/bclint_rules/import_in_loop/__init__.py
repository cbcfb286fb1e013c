"""BCL201 import-in-loop."""
