"""What on this machine, or on its network, keeps racers from meeting: found, and the remedy."""
