"""The review of signals of unfair play (公平核查): a list, the evidence side by side, and what a person decides."""
