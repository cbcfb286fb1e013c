"""Where people meet bclint."""
