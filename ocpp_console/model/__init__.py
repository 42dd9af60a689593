"""What we know: facts folded into state. Pure: the same facts always give the same state."""
