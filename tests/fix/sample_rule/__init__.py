"""A rule with a fix, as small as one can be: constants looked up in loops."""
