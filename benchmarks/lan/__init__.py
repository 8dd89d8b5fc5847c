"""Whole nodes as processes of their own, on a LAN of namespaces, and `serf` beside them."""
