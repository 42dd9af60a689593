"""What the console does for stations by itself: duties that act, each when a setting asks for it."""
