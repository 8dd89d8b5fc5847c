"""Operations: kept by all, delivered in causal order."""
