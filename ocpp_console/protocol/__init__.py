"""OCPP-J as data: frames, schemas, actions, conversations. No I/O, no clock, no tasks."""
