"""Circuits: read from text, built, checked, measured along."""
