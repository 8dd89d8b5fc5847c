"""The road as shapes, and what stands along it."""
