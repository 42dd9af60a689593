"""The SQLite store: facts as they came, id tags, and snapshots that make a restart quick."""
