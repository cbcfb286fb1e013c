"""BCL202 function-built-in-loop."""
