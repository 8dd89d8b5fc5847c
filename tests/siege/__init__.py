"""A live race under attack: a stranger on the LAN that forges, floods, replays and spoils."""
