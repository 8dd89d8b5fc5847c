"""What everything drawn stands on: canvas, lettering, colours, screen."""
