"""Prizes: their groups and rules, awards and their stock, lots, ranks, claims, codes and handing out."""
