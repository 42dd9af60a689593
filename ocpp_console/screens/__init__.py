"""The pages of the terminal interface. Screens decide; they compute nothing."""
