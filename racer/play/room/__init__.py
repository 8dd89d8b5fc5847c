"""The room as all nodes agree on it: facts, rulings, the fold over them, and what to rule next."""
