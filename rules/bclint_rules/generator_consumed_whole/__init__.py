"""BCL903 generator-consumed-whole."""
