"""Replays: the races that this machine has taped, and one of them being looked at."""
