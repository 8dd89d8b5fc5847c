"""What one hears: made by arithmetic when the game starts, so that there are no sound files."""
