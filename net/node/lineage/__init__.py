"""A node in a lineage, and its ways from one to the next."""
