"""`make bench`: what things cost, as ratios of rounds that alternate in one run."""
