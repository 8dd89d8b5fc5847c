"""What a driver reads while driving."""
