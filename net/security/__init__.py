"""Identity, handshake, sealing, and the guards before them. Pure: keys and randomness come in."""
