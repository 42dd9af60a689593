"""How a link is, in words: what a broker agreed to or refused, why it cannot be reached, and what to do about it."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ocpp_console.mqtt.broker import Broker
from ocpp_console.mqtt.client import BrokerClient
from ocpp_console.mqtt.reasons import BAD_CREDENTIALS, NOT_AUTHORIZED, PROTOCOL_UNSUPPORTED, words
from ocpp_console.mqtt.status import State, Status

V5, V311 = aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311


class Subscription(NamedTuple):
    """A filter that a link subscribes to on each connection."""

    filter: str
    what: str
    """What comes by it, for a sentence: "calls of chargers"."""
    needed: bool = True
    """Without it the link is of little use."""
    qos: int = 1
    own: bool = True
    """Messages that this link published itself come back as well. Must be true for shared ones (MQTT 5 §3.8.3.1)."""
    kept: bool = False
    """Retained messages are wanted: they say how things are, not what happened."""

    @property
    def options(self) -> SubscribeOptions:
        """Retained messages are not sent (they may be of any age), and those that come live are told apart."""
        handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if self.kept else SubscribeOptions.RETAIN_DO_NOT_SEND
        return SubscribeOptions(self.qos, not self.own, True, handling)


async def tls_of(broker: Broker, ca_file: str) -> ssl.SSLContext | None:
    """What TLS trusts: the system's authorities, or those of `ca_file`. Raises OSError when that cannot be used."""
    if not broker.secure:
        return None
    return await asyncio.to_thread(ssl.create_default_context, cafile=ca_file or None)


async def subscribe(
    client: BrokerClient, subscriptions: Sequence[Subscription], version: aiomqtt.ProtocolVersion
) -> dict[str, int]:
    """Subscribe to everything; gives what was refused, with the reason codes. Raises `aiomqtt.MqttError`."""
    if not subscriptions:
        return {}
    if version is V5:
        codes = await client.subscribe([(one.filter, one.options) for one in subscriptions])
    else:
        codes = await client.subscribe([(one.filter, one.qos) for one in subscriptions])
    numbers = [code.value if isinstance(code, ReasonCode) else int(code) for code in codes]
    return {one.filter: code for one, code in zip(subscriptions, numbers, strict=False) if code >= 0x80}


def connected(
    broker: Broker, version: aiomqtt.ProtocolVersion, refused: Mapping[str, int], subscriptions: Sequence[Subscription]
) -> Status:
    """The link stands, perhaps without all that was asked for."""
    spoken = "MQTT 5" if version is V5 else "MQTT 3.1.1, which does not tell when nobody listens"
    text = f"Connected to {broker.url} with {spoken}."
    for one in subscriptions:
        if one.filter in refused:
            missing = f"The broker refused the subscription to {one.filter}: {words(refused[one.filter])}."
            text += f" {missing} No {one.what} will be seen" + ("." if one.needed else "; it works without.")
    return Status(State.CONNECTED, text)


def failure(broker: Broker, client: BrokerClient, problem: Exception) -> tuple[Status, bool]:
    """Why no connection came about, and whether the other version of MQTT should be tried."""
    if isinstance(problem, aiomqtt.exceptions.MqttConnectError):
        code = problem.rc.value if isinstance(problem.rc, ReasonCode) else int(problem.rc or 0x80)
        text = f"The broker {broker.url} refused the connection: {_no_entry(code)}."
        if code in BAD_CREDENTIALS and broker.username is None:
            text += " No user was given: write one and a password before the host, as user:password@."
        return Status(State.REFUSED, text), code == PROTOCOL_UNSUPPORTED
    trouble = client.trouble
    if trouble is None:  # connected, and then silence or a closed socket: what old brokers do about MQTT 5
        said = str(problem) or "it did not answer in time"
        text = (
            f"The broker {broker.url} does not answer as MQTT does: {said}. Is it the right port, with or without TLS?"
        )
        return Status(State.UNREACHABLE, text), True
    return Status(State.UNREACHABLE, f"The broker {broker.url} cannot be reached: {_network(trouble, broker)}"), False


def _no_entry(code: int) -> str:
    """Why a broker lets nobody in; mosquitto says 0x87 of a wrong password, 3.1.1 knows nothing else."""
    if code == NOT_AUTHORIZED:
        return f"wrong user or password, or the broker's rules do not let this user in (0x{code:02X})"
    return words(code)


def _network(trouble: Exception, broker: Broker) -> str:
    """What the network or TLS said, and what it means."""
    if isinstance(trouble, ssl.SSLCertVerificationError):
        why = trouble.verify_message
        return f"its certificate is not trusted ({why}). Name its authority with --mqtt-ca, or mend the host name."
    if isinstance(trouble, ssl.SSLError):
        return f"TLS failed ({trouble.reason or trouble}). Does port {broker.port} speak TLS? Else use mqtt://."
    if isinstance(trouble, socket.gaierror):
        return f"the name {broker.host} is not known ({trouble.strerror})."
    if isinstance(trouble, TimeoutError):
        return "nothing answers at this address. Is it right, and does a firewall let it through?"
    if isinstance(trouble, ConnectionRefusedError):
        return "nothing listens on this port. Does the broker run?"
    said = getattr(trouble, "strerror", None) or str(trouble) or type(trouble).__name__
    if broker.secure and isinstance(trouble, ConnectionResetError):
        return f"{said}. Does port {broker.port} speak TLS? Else use mqtt://."
    return f"{said}."


def no_tls(broker: Broker, ca_file: str, problem: OSError) -> Status:
    """The file of authorities cannot be used."""
    said = problem.strerror or "it holds no certificate"
    text = f"The file {ca_file} (--mqtt-ca) cannot be used for {broker.url}: {said}."
    return Status(State.UNREACHABLE, text)


def lost(broker: Broker, code: int, trouble: Exception | None) -> Status:
    """A connection that stood is over."""
    why = f": {words(code)}" if code else f" ({trouble})" if trouble is not None else ""
    text = f"The connection to {broker.url} was lost{why}. It will be made again; what happens meanwhile is not seen."
    return Status(State.LOST, text)


def lasting(status: Status) -> str:
    """A trouble in the words for a console that goes on in spite of it."""
    return status.text if status.state is State.LOST else f"{status.text} The console tries again until it works."


def other(version: aiomqtt.ProtocolVersion) -> aiomqtt.ProtocolVersion:
    """The version to try instead."""
    return V311 if version is V5 else V5
