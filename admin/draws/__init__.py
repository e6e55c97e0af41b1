"""Draws in the console: frozen, held by one and confirmed by another, forfeited, shown on the big screen."""
