"""Settings by which a station may be lost to this console, and why: asked about before they are written."""

from collections.abc import Iterable

from ocpp_console.model.configurations import Setting

REASONS: dict[str, str] = {
    "authorizationkey": "From its next connection on the station logs in with this password, and with no other.",
    "basicauthpassword": "From its next connection on the station logs in with this password, and with no other.",
    "securityprofile": "The station connects in another way from then on, and most do not let it be lowered again.",
    "networkconfigurationpriority": "The station may connect elsewhere after its next reboot and not come back here.",
    "identity": "The station comes back under another name, if it is let in at all.",
}
"""By the name of the key or variable in small letters (1.6 security whitepaper §5, 2.x part 2 B09 and A05)."""

ZERO_REASONS: dict[str, str] = {
    "heartbeatinterval": "With 0 some stations send no heartbeat any more, others one after the other without a pause.",
}
"""The same for settings that are harmless unless they are 0."""


def reason_against(setting: Setting, value: str) -> str:
    """Why writing this value may cut the station off, as a sentence; empty when nothing is known."""
    name = setting.name.variable.casefold()
    if value.strip() == "0" and name in ZERO_REASONS:
        return ZERO_REASONS[name]
    return REASONS.get(name, "")


def warnings(wanted: Iterable[tuple[Setting, str]]) -> list[str]:
    """A line for each setting that may cut the station off."""
    return [f"{setting}: {reason}" for setting, value in wanted if (reason := reason_against(setting, value))]
