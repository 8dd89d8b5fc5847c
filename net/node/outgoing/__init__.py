"""What a node sends: messages put together by peer, quotas, and what it passes on for others."""
