"""Marshals: which flag each shows, and how they are drawn."""
