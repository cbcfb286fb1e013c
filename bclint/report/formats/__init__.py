"""Reports for programs, one module a format."""
