"""Sessions between two identities: handshake, sealed datagrams, paths. Knows no messages."""
