"""Data files: JSON, JSON lines, Python literals and scripts' data; our own JSON format among them."""
