"""A judge of runs: from what nodes printed alone, it tells whether they kept what they promise."""
