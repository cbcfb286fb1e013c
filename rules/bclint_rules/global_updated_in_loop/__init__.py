"""BCL105 global-updated-in-loop."""
