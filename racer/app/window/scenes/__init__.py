"""The scenes: title, lobby, race, podium, and the panels that they share."""
