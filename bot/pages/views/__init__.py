"""What the pages show, as plain values: templates only lay them out. Reads, never writes."""
