"""What stands about the cars in the picture: their names, and arrows to who is beyond it."""
