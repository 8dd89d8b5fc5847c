"""Which races are near: what nodes advertise and what is seen of others. Pure; runtime does it."""
