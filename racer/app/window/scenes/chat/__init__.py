"""The chat: what was said, how one says something, and whom one does not want to hear."""
