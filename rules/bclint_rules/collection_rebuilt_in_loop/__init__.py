"""BCL203 collection-rebuilt-in-loop."""
