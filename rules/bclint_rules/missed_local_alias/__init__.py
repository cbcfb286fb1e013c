"""BCL107 missed-local-alias."""
