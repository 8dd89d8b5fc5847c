"""The results: a podium with its table, or the lap chart; they stand until one leaves them."""
