"""What lies about a circuit: composed from its name, its theme and a seed, the same each time."""
