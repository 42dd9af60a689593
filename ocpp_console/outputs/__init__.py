"""What leaves the console: traces, reports, and the bridge to an MQTT broker."""
