"""What a run in virtual time is held against."""
