"""The log as a file by HTTP: formats, filter, secrets and names, and what is refused."""

import asyncio
import json

import pytest

from ocpp_console import cli
from ocpp_console.outputs.traces.export import FORMATS
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.store.problems import StoreProblem

SECRET = {"key": "AuthorizationKey", "value": "0123456789ABCDEF", "readonly": False}
URL = "/api/messages/export"


async def busy(api):
    """Two stations; one says a secret and a tag."""
    one, _ = await api.charger("CP-ONE"), await api.charger("CP-TWO")
    await one.call("Authorize", {"idTag": "DEADBEEF01"})
    await one.call("DataTransfer", {"vendorId": "v", "data": json.dumps(SECRET)})


async def text_of(api, **params):
    """The file; it has to be one."""
    answer = await api.http.get(URL, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="ocpp-log.')
    return answer.content.decode()


@pytest.mark.parametrize("form", FORMATS)
async def test_every_format_is_written_without_secrets(api, tmp_path, form):
    await busy(api)
    text = await text_of(api, format=form)
    assert "CP-ONE" in text
    assert "Authorize" in text
    assert SECRET["value"] not in text
    if form != "markdown":  # which shows no payload in full
        assert SECRET["value"] in await text_of(api, format=form, secrets=True)
    if form in ("facts", "trace", "debugkit", "text"):
        (tmp_path / "t").write_text(text)
        trace = Trace(tmp_path / "t")
        assert sum(hasattr(fact, "raw") for fact in trace.facts()) == 8
        assert not trace.unread - (text.count(": (") if form == "text" else 0)


async def test_the_filter_and_other_names_work_together(api):
    await busy(api)
    text = await text_of(api, format="csv", filter="~s CP-ONE & ~a Authorize", anonymise=True)
    lines = text.splitlines()
    assert len(lines) == 2
    assert "Authorize" in lines[1]
    for original in ("CP-ONE", "DEADBEEF01", SECRET["value"]):
        assert original not in text


@pytest.mark.parametrize("form", FORMATS)
async def test_the_shell_writes_the_same_bytes_for_the_same_filter(house, own_home, tmp_path, form):
    api = await house(db=str(tmp_path / "console.db"))
    await busy(api)
    words = ["export", str(tmp_path / "out"), "-f", form, "--db", str(tmp_path / "console.db")]
    for flags, filter in ((["--anonymise"], "~s CP-ONE"), ([], "")):
        more = [*flags, "--force", *(["--filter", filter] if filter else [])]
        answer = await api.http.get(URL, params={"format": form, "filter": filter, "anonymise": bool(flags)})
        assert await asyncio.to_thread(cli.main, [*words, *more]) == 0
        assert (tmp_path / "out").read_bytes() == answer.content


async def test_an_export_that_cannot_be_is_refused_with_the_reason(api, monkeypatch):
    assert "exclude" in await api.refused("GET", f"{URL}?format=csv&anonymise=true&secrets=true", 422)
    assert "not understood" in await api.refused("GET", URL, 422, params={"format": "csv", "filter": "~nonsense x"})
    assert "format" in await api.refused("GET", f"{URL}?format=pcap", 422)
    monkeypatch.setattr("ocpp_console.api.export.MOST_EXPORTS", 0)
    assert "most allowed" in await api.refused("GET", f"{URL}?format=csv", 503)


async def test_without_a_database_there_is_no_empty_file(api):
    await api.engine._persistence.close()
    api.engine.log._history = None
    with pytest.raises(StoreProblem):
        _ = api.engine.log.search
    assert "cannot be read" in await api.refused("GET", f"{URL}?format=csv", 503)
