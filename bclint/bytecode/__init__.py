"""From source to normalised instructions; the only place with opcode names and version tests."""
