"""One command to several stations: all at once, or each when the one before has answered."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocpp_console.model.commands import Command
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class Run:
    """What is sent to whom, and what came of it. The order of the stations is the order of sending."""

    def __init__(
        self,
        engine: "Engine",
        action: str,
        payloads: Mapping[str, JsonValue],
        *,
        check: bool = True,
        one_by_one: bool = False,
        raw: bytes | None = None,
    ) -> None:
        """`payloads` by station; `raw` are the very bytes to send in their place."""
        self.engine, self.action, self.payloads = engine, action, payloads
        self.one_by_one = one_by_one and len(payloads) > 1
        self.results: dict[str, Command | str | None] = dict.fromkeys(payloads)
        """By station: the command, why it was not even queued, or None while its turn has not come."""
        self.findings: tuple[Finding, ...] = ()
        """What a payload was refused for."""
        self.stopped = False
        self._check, self._raw = check, raw

    @property
    def finished(self) -> bool:
        """Every station was asked, or nobody else will be."""
        return self.stopped or all(result is not None for result in self.results.values())

    def begin(self) -> None:
        """Ask all stations, or the first."""
        for station in self.payloads:
            self._ask(station)
            if self.one_by_one:
                return

    async def rest(self) -> None:
        """One by one: ask each when the one before is done with, however that ended."""
        before: Command | str | None = None
        for station, result in self.results.items():
            if result is None:
                if isinstance(before, Command):
                    await self.engine.outcome(before)
                if self.stopped:
                    return
                result = self._ask(station)
            before = result

    def stop(self) -> None:
        """Ask nobody else."""
        self.stopped = True

    def _ask(self, station: str) -> Command | str:
        from ocpp_console.engine import CallRefused

        result: Command | str
        try:
            if self._raw is not None:
                sent = self.engine.send_frame(station, self._raw)
                result = sent if sent is not None else "taken for the answer to a call of the station"
            else:
                result = self.engine.request(station, self.action, self.payloads[station], check=self._check)
        except CallRefused as refused:
            result = refused.text
            self.findings = refused.findings or self.findings
        self.results[station] = result
        return result
