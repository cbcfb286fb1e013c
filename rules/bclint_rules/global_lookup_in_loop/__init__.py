"""BCL101 global-lookup-in-loop."""
