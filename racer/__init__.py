"""`racer`: a peer-to-peer 2D car race for the machines of one LAN."""
