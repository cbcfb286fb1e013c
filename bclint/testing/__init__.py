"""The harness for rule packs, ours and others'."""
