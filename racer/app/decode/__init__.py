"""What a capture of the network holds of races, opened by the keys that nodes logged."""
