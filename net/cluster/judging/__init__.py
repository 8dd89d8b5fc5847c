"""Whether what a coordinator decrees is taken by who follows it."""
