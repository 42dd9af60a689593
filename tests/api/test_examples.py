"""The examples of docs/api.md, run by a shell against a console with a charger."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest
from stage import Charger

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
SHELL = shutil.which("bash")


@pytest.mark.skipif(not SHELL or not shutil.which("curl"), reason="needs bash and curl")
async def test_every_example_works(api, tmp_path):
    charger: Charger = await api.charger("AC-07")
    keys = [
        {"key": name, "readonly": False, "value": "60"} for name in ("HeartbeatInterval", "MeterValueSampleInterval")
    ]
    charger.answers |= {
        "Reset": {"status": "Accepted"},
        "TriggerMessage": {"status": "Accepted"},
        "GetConfiguration": {"configurationKey": keys},
        "ChangeConfiguration": {"status": "Accepted"},
        "GetLocalListVersion": {"listVersion": 1},
        "SendLocalList": {"status": "Accepted"},
    }
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    script = "set -eo pipefail\n" + "\n".join(blocks)
    token = api.http.headers["authorization"].split()[1]
    environment = {"API": api.url, "TOKEN": token, "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nowhere"}
    process = await asyncio.create_subprocess_exec(
        SHELL,
        "-c",
        script,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    )
    out, problems = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, (problems.decode(), out.decode()[-2000:])
    told = out.decode()
    assert '"outcome":"set and read back"' in told
    assert "event: FrameReceived" in told
    assert "ocpp_console_stations" in told
    assert ("Reset", {"type": "Warm"}) in charger.asked
    assert api.engine.fleet.id_tags.get("7C11A0EE9B").note == "Ann"
    assert "AC-08" not in api.engine.fleet.stations
