"""ocpp-console: a terminal console for EV chargers."""

__version__ = "0.1.0"
