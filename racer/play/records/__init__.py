"""Lap records: kept, compared, verified, spread."""
