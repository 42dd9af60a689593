"""The local list of a station as the console knows it, and its drift from the idTags."""

import pytest

from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.local_lists import LocalList, entry_of, removal_of, too_long, wanted_entries, wanted_texts
from ocpp_console.protocol.schemas import check

TAGS = [IdTag("AA", parent="FLEET", expiry="2031-01-01"), IdTag("bb", status="Blocked"), IdTag("CC", type="eMAID")]
VERSIONS = ("1.6", "2.0.1", "2.1")


def update(known, version, number, kind, entries, verdict="Accepted"):
    name = "listVersion" if version == "1.6" else "versionNumber"
    known.updated({name: number, "updateType": kind, "localAuthorizationList": entries}, verdict, 5)


@pytest.mark.parametrize("version", VERSIONS)
def test_entries_are_valid(version):
    name = "listVersion" if version == "1.6" else "versionNumber"
    entries = [*wanted_entries(TAGS, version).values(), removal_of("zz", "[]", version)]
    payload = {name: 1, "updateType": "Differential", "localAuthorizationList": entries}
    assert not check(version, "SendLocalList", "request", payload)
    assert "2031-01-01T00:00:00Z" in str(entry_of(TAGS[0], version))


@pytest.mark.parametrize("version", VERSIONS)
def test_drift(version):
    known = LocalList()
    update(known, version, 4, "Full", list(wanted_entries(TAGS, version).values()))
    assert known.known
    assert not known.drift(wanted_texts(TAGS, version))
    changed = [TAGS[0], IdTag("BB", status="Accepted"), IdTag("new")]
    drift = known.drift(wanted_texts(changed, version))
    assert drift == (("new",), ("bb",), ("cc",))
    assert drift.text == "1 new, 1 changed, 1 gone"
    gone = removal_of("cc", known.contents["cc"], version)
    update(known, version, 5, "Differential", [entry_of(changed[1], version), entry_of(changed[2], version), gone])
    assert not known.drift(wanted_texts(changed, version))
    assert known.sent == 5


def test_a_removal_in_2_keeps_the_type_of_the_token():
    known = LocalList()
    update(known, "2.0.1", 1, "Full", list(wanted_entries(TAGS, "2.0.1").values()))
    assert removal_of("cc", known.contents["cc"], "2.0.1") == {"idToken": {"idToken": "cc", "type": "eMAID"}}


def test_somebody_else_changed_it():
    known = LocalList()
    update(known, "1.6", 4, "Full", [entry_of(TAGS[0], "1.6")])
    known.version_said(9, 7)
    assert not known.known
    update(known, "1.6", 10, "Differential", [entry_of(TAGS[1], "1.6")])
    assert (known.stated, known.sent, known.known) == (10, 4, False)


def test_a_refused_update_changes_nothing():
    known = LocalList()
    update(known, "1.6", 4, "Full", [entry_of(TAGS[0], "1.6")], "Failed")
    assert (known.sent, known.contents, known.verdict) == (None, {}, "Failed")


def test_tokens_that_are_too_long():
    long = IdTag("x" * 21)
    assert too_long([long], "1.6") == [long.token]
    assert not too_long([long], "2.0.1")
    assert not wanted_entries([long], "1.6")


def test_a_list_holds_the_tags_of_its_station_only():
    tags = [IdTag("AA", stations="AC-*"), IdTag("BB", stations="DC-01/2"), IdTag("CC", language="de")]
    assert list(wanted_entries(tags, "2.0.1", "AC-04")) == ["aa", "cc"]
    held = wanted_entries(tags, "2.0.1", "DC-01")
    assert list(held) == ["bb", "cc"]
    assert held["bb"]["idTokenInfo"] == {"status": "Accepted", "evseId": [2]}
    assert held["cc"]["idTokenInfo"] == {"status": "Accepted", "language1": "de"}
    assert list(wanted_entries(tags, "1.6", "DC-01")) == ["cc"]  # 1.6 cannot name a connector


def test_master_pass_and_group_in_a_list():
    info = entry_of(IdTag("AA", parent="DEPOT", master_pass="MASTERS"), "2.1")["idTokenInfo"]
    assert info["groupIdToken"] == {"idToken": "MASTERS", "type": "Central"}
