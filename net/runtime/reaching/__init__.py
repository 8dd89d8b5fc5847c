"""Whether those who are heard of can be reached, and why not."""
