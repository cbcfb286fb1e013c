"""Control flow: basic blocks, dominators and natural loops."""
