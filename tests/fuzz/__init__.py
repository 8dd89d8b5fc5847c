"""Bytes that nobody meant, for all that reads bytes: `make fuzz`, and a short test of it."""
