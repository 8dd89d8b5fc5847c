"""The application: the window, the sound, the command line."""
