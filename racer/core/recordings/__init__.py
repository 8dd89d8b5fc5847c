"""Cars and laps as bytes, and a recorded lap driven again."""
