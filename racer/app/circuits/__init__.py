"""The circuits of this machine: texts, digests, caches, reading in threads."""
