"""What can be wrong with evidence."""


class EvidenceError(Exception):
    """Evidence that is missing or cannot be read; one line says which."""
