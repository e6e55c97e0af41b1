"""Banks into files, a module a format."""
