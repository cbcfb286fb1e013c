"""BCL302 append-loop."""
