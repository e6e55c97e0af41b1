"""Tables → drafts: where a table keeps what, and how its rows, columns and cells are read."""
