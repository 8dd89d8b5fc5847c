"""Messages, and their bytes."""
