"""The simulated OCPP 1.6 station: what it says by itself."""

from typing import Any, ClassVar

import ocpp.v16
from ocpp.v16 import call

from ocpp_console.simulator.answers_16 import ANSWERS
from ocpp_console.simulator.configuration_16 import Configuration
from ocpp_console.simulator.connector import Connector, Session, Stop
from ocpp_console.simulator.meter import Reading
from ocpp_console.simulator.scenarios import StationPlan
from ocpp_console.simulator.station import Station, Verdict

REASONS = {
    Stop.LOCAL: "Local",
    Stop.UNPLUGGED: "EVDisconnected",
    Stop.REMOTE: "Remote",
    Stop.SOFT_RESET: "SoftReset",
    Stop.HARD_RESET: "HardReset",
    Stop.REBOOT: "Reboot",
    Stop.UNLOCK: "UnlockCommand",
    Stop.FAULT: "Other",
    Stop.REFUSED: "DeAuthorized",
}
"""StopTransaction.reason."""

PLAIN_FIRMWARE_WORDS = {
    "Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed", "Installing", "Installed",
}  # fmt: skip
"""FirmwareStatus of the core specification; the security whitepaper knows more, and carries a requestId."""


class Station16(Station):
    """A station that speaks OCPP 1.6 with the security extensions."""

    SUBPROTOCOL = "ocpp1.6"
    ANSWERS = ANSWERS
    POINT: ClassVar[Any] = ocpp.v16.ChargePoint

    def __init__(self, plan: StationPlan, url: str, *, seed: int, pace: float) -> None:
        """See `Station`."""
        super().__init__(plan, url, seed=seed, pace=pace)
        self.configuration = Configuration(NumberOfConnectors=str(len(self.connectors)))
        self.diagnostics_status = "Idle"

    async def boot(self, reason: str) -> Verdict:
        """Send BootNotification; 1.6 has no word for the reason."""
        answer = await self.ask(
            call.BootNotification(
                charge_point_vendor=self.plan.vendor,
                charge_point_model=self.plan.model,
                charge_point_serial_number=self.plan.serial,
                firmware_version=self.firmware,
                meter_type="MID 3x32A",
            ),
            early=True,
        )
        if answer is None:
            return Verdict("", 0)
        if answer.status == "Accepted" and answer.interval:
            self.configuration.change("HeartbeatInterval", str(answer.interval))
        return Verdict(answer.status, answer.interval)

    async def after_boot(self) -> None:
        """Connector 0 is the station itself."""
        await self.report_station_status()

    async def report_station_status(self, *, early: bool = False) -> None:
        """Send StatusNotification for connector 0."""
        operative = any(connector.operative for connector in self.connectors)
        status = "Available" if operative else "Unavailable"
        await self.ask(call.StatusNotification(0, "NoError", status, timestamp=self.stamp()), early=early)

    async def heartbeat(self, *, early: bool = False) -> bool:
        """Send Heartbeat; whether it was answered."""
        return await self.ask(call.Heartbeat(), early=early) is not None

    def sample_interval(self) -> float:
        """MeterValueSampleInterval."""
        return float(self.configuration.number("MeterValueSampleInterval"))

    def needs_authorization(self, remote: bool) -> bool:
        """A local start always, a remote one by AuthorizeRemoteTxRequests."""
        return not remote or self.configuration.switch("AuthorizeRemoteTxRequests")

    async def authorize(self, token: str, token_type: str) -> bool:
        """Ask whether a tag may charge."""
        answer = await self.ask(call.Authorize(id_tag=token))
        return answer is not None and _accepted(answer.id_tag_info)

    async def security_event(self, type: str, info: str) -> None:
        """Send SecurityEventNotification."""
        await self.ask(call.SecurityEventNotification(type=type, timestamp=self.stamp(), tech_info=info))

    async def report_status(self, connector: Connector, *, early: bool = False) -> None:
        """Send StatusNotification."""
        fault = connector.fault if connector.status == "Faulted" else None
        await self.ask(
            call.StatusNotification(
                connector_id=connector.number,
                error_code=fault.error_code if fault else "NoError",
                status=connector.status.value,
                timestamp=self.stamp(),
                info=fault.info if fault else None,
                vendor_id=self.plan.vendor if fault else None,
                vendor_error_code=fault.vendor_code if fault else None,
            ),
            early=early,
        )

    async def session_started(self, connector: Connector, session: Session) -> bool:
        """Send StartTransaction; the answer gives the id, and may refuse the tag."""
        answer = await self.insist(
            call.StartTransaction(
                connector_id=connector.number,
                id_tag=session.token,
                meter_start=connector.meter.register,
                timestamp=self.stamp(),
                reservation_id=session.reservation,
            )
        )
        if answer is None:
            return False
        session.transaction = answer.transaction_id
        return _accepted(answer.id_tag_info) or not self.configuration.switch("StopTransactionOnInvalidId")

    async def session_metered(self, connector: Connector, session: Session, context: str) -> None:
        """Send MeterValues of the session."""
        await self.send_meter_values(connector, context)

    async def send_meter_values(self, connector: Connector, context: str, *, early: bool = False) -> None:
        """Send MeterValues, with the station's habits."""
        sampled = self.configuration.text("MeterValuesSampledData").split(",")
        readings = [reading for reading in connector.meter.readings() if reading.measurand in sampled]
        if not readings:
            return
        at = self.stamp()
        number: Any = str(connector.number) if self.plan.text_numerals else connector.number
        await self.ask(
            call.MeterValues(
                connector_id=number,
                transaction_id=connector.session.transaction if connector.session else None,
                meter_value=[
                    {
                        "timestamp": at.removesuffix("Z") if self.plan.zoneless_times else at,
                        "sampled_value": [_sampled(reading, context) for reading in readings],
                    }
                ],
            ),
            early=early,
        )

    async def session_ended(self, connector: Connector, session: Session) -> None:
        """Send StopTransaction; a session that never got an id has nothing to stop."""
        if session.transaction is None or session.stop is None:
            return
        await self.insist(
            call.StopTransaction(
                meter_stop=connector.meter.register,
                timestamp=self.stamp(),
                transaction_id=session.transaction,
                reason=REASONS[session.stop],
                id_tag=session.token if session.stop is Stop.LOCAL else None,
            )
        )

    async def report_firmware(self, status: str, request: int | None, *, early: bool = False) -> None:
        """FirmwareStatusNotification, or its signed sister for an update that has a requestId."""
        if request is not None:
            await self.ask(call.SignedFirmwareStatusNotification(status=status, request_id=request), early=early)
        elif status in PLAIN_FIRMWARE_WORDS:
            await self.ask(call.FirmwareStatusNotification(status=status), early=early)

    async def report_log(self, status: str, request: int | None, *, early: bool = False) -> None:
        """LogStatusNotification for GetLog, DiagnosticsStatusNotification for GetDiagnostics."""
        if request is not None:
            await self.ask(call.LogStatusNotification(status=status, request_id=request), early=early)
        else:
            await self.ask(call.DiagnosticsStatusNotification(status=status), early=early)


def _accepted(info: Any) -> bool:
    """Whether an idTagInfo says yes."""
    return isinstance(info, dict) and info.get("status") == "Accepted"


def _sampled(reading: Reading, context: str) -> dict[str, Any]:
    """A reading as SampledValue."""
    return {
        "value": f"{reading.value:g}" if isinstance(reading.value, float) else str(reading.value),
        "context": context,
        "measurand": reading.measurand,
        "phase": reading.phase or None,
        "location": reading.location,
        "unit": reading.unit,
    }
