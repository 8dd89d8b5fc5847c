"""The substrate's only I/O: socket, clock, keys and journal on disk, multicast DNS, one thread."""
