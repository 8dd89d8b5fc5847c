"""The machines of the protocol. They do not know each other; `net.node` connects them."""
