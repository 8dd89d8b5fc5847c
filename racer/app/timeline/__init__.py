"""Runs as space-time diagrams: a line per node, time along it (Lamport 1978, figure 1)."""
