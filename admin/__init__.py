"""The organiser's door: the web console (`admin.screens`), its commands, and the operation of the program.

Light on purpose: the web server's own process and every command import it.
"""
