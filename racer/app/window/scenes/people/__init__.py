"""Who is in the room: the grid of the lobby, somebody's menu, votes to remove somebody."""
