"""Long work as people see it: what they asked for, how far it is, and the tables that they take away."""
