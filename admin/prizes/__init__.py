"""The screens of prizes: planned, awarded by rank, forfeited, listed; and who may have none."""
