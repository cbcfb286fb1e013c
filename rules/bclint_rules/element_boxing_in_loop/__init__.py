"""BCL601 element-boxing-in-loop."""
