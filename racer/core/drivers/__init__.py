"""Drivers that are not people: the racing line, its speeds, and how bots drive it among others."""
