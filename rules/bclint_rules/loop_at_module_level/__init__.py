"""BCL106 loop-at-module-level."""
