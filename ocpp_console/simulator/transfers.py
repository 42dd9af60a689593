"""What takes its time: a firmware update and the upload of a log, told step by step."""

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ocpp_console.clock import now_us
from ocpp_console.simulator.connector import Stop

if TYPE_CHECKING:
    from ocpp_console.simulator.station import Station

DOWNLOAD_SECONDS = 3.0
INSTALL_SECONDS = 3.0
UPLOAD_SECONDS = 2.5
SCHEMES = {"http", "https", "ftp", "ftps", "sftp"}


def seconds_until(text: str | None) -> float:
    """Seconds of the wall clock until a date-time of a command; 0 when it is past, missing or unreadable."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(at.timestamp() - now_us() / 1e6, 0.0)


def reachable(location: str) -> bool:
    """Whether a location looks like one a station could fetch from: a known scheme and a host."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return False
    return parts.scheme.lower() in SCHEMES and bool(parts.hostname)


def next_version(current: str, location: str) -> str:
    """The version after an update: as the file name says, else the current one with its last number counted up."""
    named = re.search(r"\d+\.\d+(?:\.\d+)?(?:-[a-z0-9]+)?", location.rsplit("/", 1)[-1])
    if named and named[0] != current:
        return named[0]
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", current)
    if numbers is None:
        return current + ".1"
    return f"{numbers[1]}.{numbers[2]}.{int(numbers[3]) + 1}"


async def update_firmware(
    station: "Station", location: str, retrieve_at: str | None, request: int | None, *, signed: bool
) -> None:
    """Download, install, reboot with the new version. Nothing is really fetched."""

    async def tell(status: str) -> None:
        station.firmware_status = status
        await station.report_firmware(status, request)

    station.transfer_request = request
    wait = seconds_until(retrieve_at)
    if wait > 0:
        await tell("DownloadScheduled")
        await station.sleep(wait)
    await tell("Downloading")
    await station.sleep(DOWNLOAD_SECONDS)
    if not reachable(location):
        await tell("DownloadFailed")
        return
    await tell("Downloaded")
    if signed:
        await tell("SignatureVerified")
    await tell("Installing")
    await station.sleep(INSTALL_SECONDS)
    await tell("InstallRebooting")
    station.firmware = next_version(station.firmware, location)
    # A newer update may cancel this one; a reboot that has begun is not left half done.
    await asyncio.shield(station.spawn(station.reboot("FirmwareUpdate", Stop.REBOOT)))
    await station.powered.wait()
    await tell("Installed")


async def upload_log(station: "Station", location: str, request: int | None) -> None:
    """Upload a log. Nothing is really sent."""

    async def tell(status: str) -> None:
        station.log_status = status
        await station.report_log(status, request)

    station.log_request = request
    await tell("Uploading")
    await station.sleep(UPLOAD_SECONDS)
    failed = "UploadFailed" if request is None else "UploadFailure"  # GetDiagnostics and GetLog differ
    await tell("Uploaded" if reachable(location) else failed)
