"""The network side of a central system: sockets in, facts out, answers back."""
