"""MQTT as the console uses it: a link that reconnects, topic templates, and the payloads of EMQX's OCPP gateway."""
