"""What counts in a race: laps, pick-ups, results, modes, rescue."""
