"""How a line of any script becomes a picture: its order, its runs, the fonts that have it."""
