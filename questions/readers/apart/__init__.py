"""Reading what strangers hand in, in a process of its own."""
