"""Rules: what is odd about how a station behaves, one function for each, beyond what a single frame shows.

A rule reads a message in the light of its station and of the station's trail, and gives a finding or None. It takes no
time but that of facts, keeps a bounded memory and never raises. `table` says which rules look at which action;
`catalogue` says what each code means and what to do.
"""
