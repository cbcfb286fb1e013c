"""BCL904 set-display-membership."""
