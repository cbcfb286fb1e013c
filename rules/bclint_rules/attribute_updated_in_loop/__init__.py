"""BCL104 attribute-updated-in-loop."""
