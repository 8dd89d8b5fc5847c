"""The network view: the nodes on a ring, what this machine knows of each, and what happens."""
