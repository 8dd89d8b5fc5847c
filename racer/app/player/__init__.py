"""A player on this machine: the node behind the window, preferences and records on disk."""
