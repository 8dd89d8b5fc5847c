"""Interleavings of what a few members do and hear, walked step by step on the real machines."""
