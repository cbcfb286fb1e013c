"""BCL102 module-attribute-in-loop."""
