"""BCL001, the one rule that the engine brings itself: it needs to know what all others found."""
