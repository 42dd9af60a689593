"""Several calls that belong together: reading all variables, changing and checking one, sending a list in parts.

A procedure needs a `StationLink` and nothing else, so it runs the same from a screen, a script or a test.
"""
