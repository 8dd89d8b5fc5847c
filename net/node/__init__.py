"""One node of a room: the machines of `net.cluster` on top of `net.transport`, without I/O."""
