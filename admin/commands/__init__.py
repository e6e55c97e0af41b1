"""The organiser's door on the command line: a module a group of commands, collected by `cli`."""
