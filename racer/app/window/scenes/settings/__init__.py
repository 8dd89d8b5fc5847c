"""Settings over the title: what a player may choose, and which key is for what."""
