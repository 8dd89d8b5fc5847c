"""Whether what a coordinator decrees can be right, by what its followers hold themselves."""
