"""What is shown of the race: views for the window, reports for the command line."""
