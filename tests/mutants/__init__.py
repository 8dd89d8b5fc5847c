"""Protections taken away one by one, and what misses each."""
