"""BCL901 bound-method-alias."""
