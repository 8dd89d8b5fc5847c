"""Tiles of the land: painted by a process beside the window, kept and laid out by the window."""
