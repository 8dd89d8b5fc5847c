"""What the states of a car, as one receiver holds them, say of what its driver tells of it."""
