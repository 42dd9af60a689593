"""Pieces that several screens share. Widgets show and emit; they know no engine."""
