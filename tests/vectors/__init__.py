"""Vectors of every layer, for a second implementation: `python -m tests.vectors` writes them."""
