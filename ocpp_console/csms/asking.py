"""Calls of ours to one station, whatever carries them: the same for a connection and for a charger behind a broker."""

from typing import cast

from ocpp_console.csms.calls import Asker, Calls
from ocpp_console.protocol.frames import JsonValue


class Asking:
    """An `Asker` that keeps its calls from the first one on. Slots are those of whoever inherits it."""

    __slots__ = ()
    _calls: Calls | None
    fresh: bool

    def request(
        self,
        call_id: str,
        action: str,
        payload: JsonValue,
        timeout: float | None = None,
        raw: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """Ask the station something. The call waits for its turn, and on a fresh connection until the station spoke.

        `timeout` is in seconds from the moment it is sent; `raw` goes out instead of the encoded frame when the
        operator wants exactly these bytes; `purpose` names the procedure that asks. Raises ValueError when the payload
        cannot be written as JSON, and `TooManyWait` when the station answers too slowly for what is asked of it.
        """
        if self._calls is None:
            self._calls = Calls(cast(Asker, self))  # type: ignore[misc]  # an heir has the slot
        self._calls.request(call_id, action, payload, timeout, raw, purpose)

    def cancel(self, call_id: str) -> bool:
        """Give up a call of ours; False when it is not waiting for anything."""
        return self._calls is not None and self._calls.cancel(call_id)

    def _speak_up(self) -> None:
        """Calls that waited for the station to speak may go out."""
        self.fresh = False  # type: ignore[misc]  # an heir has the slot
        if self._calls is not None:
            self._calls.send()
