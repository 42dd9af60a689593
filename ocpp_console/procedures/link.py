"""What a procedure needs of the engine: one station that can be asked, and the answers it gives."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import CallResult, JsonValue, parse


class CallRefused(Exception):
    """A command was not even queued; `text` says why, `findings` lists what is wrong with the payload."""

    def __init__(self, text: str, findings: tuple[Finding, ...] = ()) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text
        self.findings = findings


class StationLink(Protocol):
    """One station that may be asked. Calls wait for their turn; one is in flight at a time."""

    @property
    def station(self) -> Station:
        """What is known about it; its `version` says which OCPP it speaks."""

    async def call(self, action: str, payload: JsonValue, *, check: bool = True) -> Command:
        """Ask, and wait until the command is final. Raises `CallRefused` when it cannot even be queued."""

    def next_number(self) -> int:
        """A number no command used yet, for the requestId that ties reports to their request."""

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looked at after each fact of this station; False when it never did in time."""


class Answer(NamedTuple):
    """What a station answered to one call of a procedure."""

    command: Command
    payload: dict[str, JsonValue]
    """Empty when there was none: a CALLERROR, a timeout, or an answer that could not be read."""

    @property
    def arrived(self) -> bool:
        """The station answered with a CALLRESULT."""
        return self.command.progress is Progress.ANSWERED

    @property
    def trouble(self) -> str:
        """Why there is no usable answer, as a sentence; empty when there is one."""
        if self.arrived:
            return ""
        command = self.command
        return command.text or f"{command.action}: {command.progress.value} {command.verdict}".rstrip()


async def ask(link: StationLink, action: str, payload: JsonValue, *, check: bool = True) -> Answer:
    """One call, with the payload of its answer."""
    return answer_of(await link.call(action, payload, check=check))


def answer_of(command: Command) -> Answer:
    """The answer of a command that is final, read from the bytes of its row."""
    message = command.message
    if command.progress is not Progress.ANSWERED or message is None or message.answer_raw is None:
        return Answer(command, {})
    frame = parse(message.answer_raw, message.version)
    payload = frame.payload if isinstance(frame, CallResult) else None
    return Answer(command, payload if isinstance(payload, dict) else {})
