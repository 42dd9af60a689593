"""The control API over HTTP: what a screen can do, for scripts. Speaks to the engine's façade only."""
