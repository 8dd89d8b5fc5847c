"""The sockets of a node's one port, and addresses as the system has them."""
