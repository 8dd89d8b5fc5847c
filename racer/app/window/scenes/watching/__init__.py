"""Watching: which car one sees who drives none, a director that picks, the whole circuit."""
