"""BCL204 regex-compiled-in-loop."""
