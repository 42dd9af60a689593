"""What a broker's reason codes mean for whoever runs a console (MQTT 5 §2.4; 3.1.1 §3.2.2.3 has fewer)."""

DELIVERED = 0
NO_SUBSCRIBERS = 16
"""Nobody listens to the topic: the charger is surely not connected (0 proves nothing, a watcher counts too)."""
NOT_AUTHORIZED = 135
PROTOCOL_UNSUPPORTED = 132
DROPPED = -1
"""Ours: it never left; the queue was full, it grew too old, or the console stopped."""
UNKNOWN = -2
"""Ours: it was sent, and the connection broke before the broker confirmed it."""

BAD_CREDENTIALS = frozenset({134, 135})
"""A connection refused for who we are: user or password wrong (0x86), or not allowed (0x87)."""

_WORDS = {
    DROPPED: "it was not sent: the broker was away for too long",
    UNKNOWN: "the connection to the broker broke before it was confirmed; whether it arrived is unknown",
    NO_SUBSCRIBERS: "nobody is subscribed to its topic",
    128: "the broker gives no reason",
    129: "the broker found a malformed packet",
    130: "the broker found a protocol error",
    131: "the broker refuses it for a reason of its own",
    132: "the broker does not speak this version of MQTT",
    133: "the broker does not accept the client identifier",
    134: "wrong user or password; check the URL of the broker",
    135: "not authorized; the broker's access rules (ACL) do not allow it to this user",
    136: "the broker is not available",
    137: "the broker is busy",
    138: "the broker has banned this client",
    139: "the broker is shutting down",
    140: "the broker does not know this way to authenticate",
    141: "the broker heard nothing for too long",
    142: "another client with the same identifier took over",
    143: "the broker does not accept this topic filter",
    144: "the broker does not accept this topic",
    145: "the packet identifier is in use",
    147: "the broker gets more messages at once than it takes",
    149: "the packet is larger than the broker takes",
    150: "the broker gets more messages a second than it takes",
    151: "a quota of the broker is used up",
    152: "an administrator ended the connection",
    153: "the payload is not what the broker expects",
    154: "the broker keeps no retained messages",
    155: "the broker does not offer this quality of service",
    156: "another server has to be used",
    157: "the service has moved to another server",
    158: "the broker offers no shared subscriptions",
    159: "too many connections a second",
    160: "the broker limits the time of a connection",
    161: "the broker offers no subscription identifiers",
    162: "the broker offers no wildcard subscriptions",
}


def words(code: int) -> str:
    """A reason in words, with its code as the broker's own log writes it."""
    said = _WORDS.get(code, "unknown reason")
    return said if code < 0 else f"{said} (0x{code:02X})"
