"""Best laps: looked through by circuit and driver, and driven for against the clock."""
