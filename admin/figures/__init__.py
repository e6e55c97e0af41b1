"""Figures: a campaign's page of them, what came of today at the beginning, JSON and CSV to take away."""
