"""Keys, pads and text as the player enters them."""
