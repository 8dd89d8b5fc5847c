"""What a driver is told is worked out here, from tick to tick, without a picture."""
