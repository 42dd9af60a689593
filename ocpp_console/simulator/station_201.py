"""The simulated OCPP 2.0.1 station: what it says by itself."""

from typing import Any, ClassVar
from uuid import uuid4

import ocpp.v201
from ocpp.v201 import call

from ocpp_console.clock import now_us
from ocpp_console.simulator.answers_201 import ANSWERS
from ocpp_console.simulator.connector import Connector, Session, Status, Stop
from ocpp_console.simulator.device_model_201 import DeviceModel
from ocpp_console.simulator.meter import Reading
from ocpp_console.simulator.monitoring_201 import Displays, Monitors
from ocpp_console.simulator.scenarios import Fault, StationPlan
from ocpp_console.simulator.station import Station, Verdict

STATUSES = {
    Status.AVAILABLE: "Available",
    Status.PREPARING: "Occupied",
    Status.CHARGING: "Occupied",
    Status.SUSPENDED: "Occupied",
    Status.FINISHING: "Occupied",
    Status.RESERVED: "Reserved",
    Status.UNAVAILABLE: "Unavailable",
    Status.FAULTED: "Faulted",
}
"""ConnectorStatusEnum: the steps of a session are told by TransactionEvent."""

ENDS = {
    Stop.LOCAL: ("Local", "StopAuthorized"),
    Stop.UNPLUGGED: ("EVDisconnected", "EVDeparted"),
    Stop.REMOTE: ("Remote", "RemoteStop"),
    Stop.SOFT_RESET: ("ImmediateReset", "ResetCommand"),
    Stop.HARD_RESET: ("ImmediateReset", "ResetCommand"),
    Stop.REBOOT: ("Reboot", "AbnormalCondition"),
    Stop.UNLOCK: ("Other", "UnlockCommand"),
    Stop.FAULT: ("GroundFault", "AbnormalCondition"),
    Stop.REFUSED: ("DeAuthorized", "Deauthorized"),
}
"""stoppedReason and triggerReason of the last TransactionEvent."""


class Station201(Station):
    """A station that speaks OCPP 2.0.1; each EVSE has one connector."""

    SUBPROTOCOL = "ocpp2.0.1"
    ANSWERS = ANSWERS
    POINT: ClassVar[Any] = ocpp.v201.ChargePoint

    def __init__(self, plan: StationPlan, url: str, *, seed: int, pace: float) -> None:
        """See `Station`."""
        super().__init__(plan, url, seed=seed, pace=pace)
        self.device_model = DeviceModel(len(self.connectors))
        self.monitors = Monitors()
        self.displays = Displays()
        self.published: set[str] = set()
        """Checksums of firmware published for others."""
        self.publish_request: int | None = None
        self.reset_when_idle = False
        self._shown: dict[int, str] = {}
        self._event_id = 0

    def stamp(self, at: int | None = None) -> str:
        """The wall clock with milliseconds."""
        at = now_us() if at is None else at
        return f"{super().stamp(at).removesuffix('Z')}.{at // 1000 % 1000:03d}Z"

    async def boot(self, reason: str) -> Verdict:
        """Send BootNotification."""
        self.device_model.put("ChargingStation", "FirmwareVersion", self.firmware)
        self._shown.clear()
        answer = await self.ask(
            call.BootNotification(
                charging_station={
                    "vendor_name": self.plan.vendor,
                    "model": self.plan.model,
                    "serial_number": self.plan.serial,
                    "firmware_version": self.firmware,
                    "modem": {"iccid": "8949020000123456789"},
                },
                reason=reason,
            ),
            early=True,
        )
        if answer is None:
            return Verdict("", 0)
        if answer.status == "Accepted" and answer.interval:
            self.device_model.put("OCPPCommCtrlr", "HeartbeatInterval", str(answer.interval))
        return Verdict(answer.status, answer.interval)

    async def after_boot(self) -> None:
        """A critical security event of the specification's list (part 2, appendix 1)."""
        await self.security_event("StartupOfTheDevice", f"firmware {self.firmware}")

    async def heartbeat(self, *, early: bool = False) -> bool:
        """Send Heartbeat; whether it was answered."""
        return await self.ask(call.Heartbeat(), early=early) is not None

    def sample_interval(self) -> float:
        """SampledDataCtrlr.TxUpdatedInterval."""
        return float(self.device_model.text("SampledDataCtrlr", "TxUpdatedInterval"))

    def needs_authorization(self, remote: bool) -> bool:
        """A local start always, a remote one by AuthCtrlr.AuthorizeRemoteStart."""
        return not remote or self.device_model.text("AuthCtrlr", "AuthorizeRemoteStart").lower() == "true"

    async def authorize(self, token: str, token_type: str) -> bool:
        """Ask whether a token may charge."""
        answer = await self.ask(call.Authorize(id_token={"id_token": token, "type": token_type}))
        return answer is not None and _accepted(answer.id_token_info)

    async def security_event(self, type: str, info: str) -> None:
        """Send SecurityEventNotification."""
        await self.ask(call.SecurityEventNotification(type=type, timestamp=self.stamp(), tech_info=info))

    async def report_status(self, connector: Connector, *, early: bool = False, again: bool = False) -> None:
        """Send StatusNotification when it differs from the last one, or `again`."""
        status = STATUSES[connector.status]
        if self._shown.get(connector.number) == status and not again:
            return
        self._shown[connector.number] = status
        self.device_model.put("EVSE", "AvailabilityState", status, connector.number)
        await self.ask(call.StatusNotification(self.stamp(), status, connector.number, 1), early=early)
        if connector.status in (Status.AVAILABLE, Status.UNAVAILABLE) and self.reset_when_idle:
            await self.reset_if_idle()

    async def report_fault(self, connector: Connector, fault: Fault, cleared: bool) -> None:
        """Send NotifyEvent."""
        self._event_id += 1
        event = {
            "event_id": self._event_id,
            "timestamp": self.stamp(),
            "trigger": "Alerting",
            "actual_value": "false" if cleared else "true",
            "tech_code": fault.vendor_code,
            "tech_info": fault.info,
            "cleared": cleared,
            "event_notification_type": "HardWiredNotification",
            "component": {"name": fault.component, "evse": {"id": connector.number}},
            "variable": {"name": fault.variable},
        }
        await self.ask(call.NotifyEvent(generated_at=self.stamp(), seq_no=0, event_data=[event]))

    async def session_started(self, connector: Connector, session: Session) -> bool:
        """Send TransactionEvent Started; the answer may refuse the token."""
        session.transaction = str(uuid4())  # by chance: a seeded id would come again in the next demo
        trigger = "RemoteStart" if session.by_remote else "Authorized"
        answer = await self._event(connector, session, "Started", trigger, context="Transaction.Begin", token=True)
        if answer is None or answer.id_token_info is None or _accepted(answer.id_token_info):
            return True
        return self.device_model.text("TxCtrlr", "StopTxOnInvalidId").lower() != "true"

    async def session_changed(self, connector: Connector, session: Session) -> None:
        """Send TransactionEvent Updated for a new chargingState."""
        await self._event(connector, session, "Updated", "ChargingStateChanged")

    async def session_metered(self, connector: Connector, session: Session, context: str) -> None:
        """Send TransactionEvent Updated with what the meter shows; the first reading is told with Started."""
        if context != "Transaction.Begin":
            trigger = "Trigger" if context == "Trigger" else "MeterValuePeriodic"
            await self._event(connector, session, "Updated", trigger, context=context)

    async def session_ended(self, connector: Connector, session: Session) -> None:
        """Send TransactionEvent Ended."""
        reason, trigger = ENDS[session.stop or Stop.LOCAL]
        token = session.stop is Stop.LOCAL
        await self._event(connector, session, "Ended", trigger, context="Transaction.End", token=token, reason=reason)

    async def _event(
        self,
        connector: Connector,
        session: Session,
        kind: str,
        trigger: str,
        *,
        context: str = "",
        token: bool = False,
        reason: str | None = None,
    ) -> Any:
        """Send a TransactionEvent. Numbers go in the order of sending; a lost line repeats the same event."""
        number, session.seq_no = session.seq_no, session.seq_no + 1
        info: dict[str, Any] = {
            "transaction_id": session.transaction,
            "charging_state": _charging_state(connector, kind),
            "time_spent_charging": int(self.now() - session.started),
            "remote_start_id": session.remote_start,
            "stopped_reason": reason,
        }
        return await self.insist(
            call.TransactionEvent(
                event_type=kind,
                timestamp=self.stamp(),
                trigger_reason=trigger,
                seq_no=number,
                transaction_info=info,
                meter_value=self.meter_value(connector, context) if context else None,
                offline=None if self.online.is_set() else True,
                evse={"id": connector.number, "connector_id": 1},
                id_token={"id_token": session.token, "type": session.token_type} if token else None,
                reservation_id=session.reservation if kind == "Started" else None,
            )
        )

    def meter_value(self, connector: Connector, context: str) -> list[dict[str, Any]]:
        """One MeterValue with the measurands asked for; the energy register always."""
        wanted = {"Energy.Active.Import.Register"}
        wanted.update(self.device_model.text("SampledDataCtrlr", "TxUpdatedMeasurands").split(","))
        readings = [reading for reading in connector.meter.readings() if reading.measurand in wanted]
        return [{"timestamp": self.stamp(), "sampled_value": [_sampled(reading, context) for reading in readings]}]

    async def send_meter_values(self, connector: Connector) -> None:
        """The MeterValues a TriggerMessage asked for."""
        await self.tell(call.MeterValues(connector.number, self.meter_value(connector, "Trigger")))

    async def report_firmware(self, status: str, request: int | None, *, early: bool = False) -> None:
        """Send FirmwareStatusNotification."""
        request = None if status == "Idle" else request
        await self.ask(call.FirmwareStatusNotification(status=status, request_id=request), early=early)

    async def report_log(self, status: str, request: int | None, *, early: bool = False) -> None:
        """Send LogStatusNotification."""
        request = None if status == "Idle" else request
        await self.ask(call.LogStatusNotification(status=status, request_id=request), early=early)

    async def reset_evse(self, connector: Connector) -> None:
        """Restart one EVSE: its session ends, it goes away and comes back."""
        connector.end(Stop.SOFT_RESET)
        await connector.calm.wait()
        connector.operative, was = False, connector.operative
        connector.look_again()
        await self.sleep(2)
        connector.operative = was
        connector.look_again()

    async def reset_if_idle(self) -> None:
        """Follow a Reset OnIdle as soon as no session runs."""
        if self.reset_when_idle and all(connector.session is None for connector in self.connectors):
            self.reset_when_idle = False
            self.spawn(self.reboot("ScheduledReset", Stop.SOFT_RESET))


def _charging_state(connector: Connector, kind: str) -> str:
    if kind == "Started":
        return "EVConnected"
    if kind == "Ended":
        return "Idle" if connector.session and connector.session.stop is Stop.UNPLUGGED else "EVConnected"
    return "SuspendedEV" if connector.status is Status.SUSPENDED else "Charging"


def _accepted(info: Any) -> bool:
    """Whether an idTokenInfo says yes."""
    return isinstance(info, dict) and info.get("status") == "Accepted"


def _sampled(reading: Reading, context: str) -> dict[str, Any]:
    """A reading as SampledValue."""
    return {
        "value": reading.value,
        "context": context,
        "measurand": reading.measurand,
        "phase": reading.phase or None,
        "location": reading.location,
        "unit_of_measure": {"unit": reading.unit},
    }
