import pytest
from tape import NOON

from ocpp_console.model.id_tags import IdTag, IdTagList, Policy, problem_of
from ocpp_console.model.places import evses_at


def listed(**fields):
    tags = IdTagList(Policy.KNOWN_ONLY)
    tags.put(IdTag("04A2", **fields))
    return tags


def test_tags_compare_without_regard_to_case():
    tags = listed()
    assert tags.get("04a2").token == "04A2"
    tags.put(IdTag("04a2", note="other"))
    assert [tag.note for tag in tags.all()] == ["other"]
    assert tags.remove("04A2").note == "other"
    assert tags.remove("04A2") is None


@pytest.mark.parametrize(
    ("fields", "running", "status"),
    [
        ({}, 0, "Accepted"),
        ({}, 3, "Accepted"),
        ({"concurrent": False}, 1, "ConcurrentTx"),
        ({"concurrent": False}, 0, "Accepted"),
        ({"status": "Blocked", "expiry": "2020-01-01"}, 0, "Blocked"),
        ({"status": "Invalid"}, 0, "Invalid"),
        ({"expiry": "2026-11-20T11:59:59Z"}, 0, "Expired"),
        ({"expiry": "2026-11-20T12:00:00+00:00"}, 0, "Accepted"),
        ({"expiry": "2026-11-20"}, 0, "Accepted"),
        ({"expiry": "2026-11-19"}, 0, "Expired"),
        ({"expiry": "nonsense"}, 0, "Accepted"),
    ],
)
def test_the_verdict_on_a_listed_tag(fields, running, status):
    verdict = listed(**fields).verdict("04a2", "", NOON, running)
    assert (verdict.status, verdict.known) == (status, True)
    assert verdict.accepted == (status == "Accepted")


def test_a_verdict_carries_expiry_and_parent():
    verdict = listed(expiry="2027-01-01", parent="FLEET").verdict("04A2", "", NOON)
    assert (verdict.expiry, verdict.parent) == ("2027-01-01T23:59:59Z", "FLEET")


@pytest.mark.parametrize(
    ("policy", "token", "type", "status"),
    [
        (Policy.KNOWN_ONLY, "X", "", "Invalid"),
        (Policy.KNOWN_ONLY, "X", "ISO14443", "Unknown"),
        (Policy.ACCEPT_ALL, "X", "", "Accepted"),
        (Policy.ACCEPT_ALL, "", "", "Invalid"),
        (Policy.KNOWN_ONLY, "", "NoAuthorization", "Accepted"),
    ],
)
def test_the_verdict_on_an_unlisted_tag(policy, token, type, status):
    tags = IdTagList(policy)
    assert tags.verdict(token, type, NOON).status == status
    assert not tags.verdict(token, type, NOON).known


def test_a_tag_of_another_type_is_another_tag():
    tags = listed(type="ISO15693")
    assert tags.verdict("04A2", "ISO14443", NOON).status == "Invalid"
    assert tags.verdict("04A2", "iso15693", NOON).status == "Accepted"
    assert tags.verdict("04A2", "", NOON).status == "Accepted"


def test_a_tag_that_was_unknown_keeps_its_last_use():
    tags = IdTagList()
    tags.presented("7C11", "", 5, "AC-04", "Accepted")
    tags.put(IdTag("7c11"))
    tag = tags.get("7C11")
    assert (tag.last_used, tag.last_station, list(tags.unknown)) == (5, "AC-04", [])


def test_use_and_unknown_tags_are_noted_once_each():
    tags = listed()
    tags.presented("04a2", "", 5, "CP", "Accepted")
    assert (tags.get("04A2").last_used, tags.get("04A2").last_station) == (5, "CP")
    for at, token in enumerate(["A", "B", "a"]):
        tags.presented(token, "", at, "CP", "Invalid")
    assert [(each.token, each.at) for each in tags.unknown] == [("B", 1), ("a", 2)]
    tags.put(IdTag("b"))
    assert [each.token for each in tags.unknown] == ["a"]
    for number in range(500):
        tags.presented(f"T{number}", "", number, "CP", "Invalid")
    assert len(tags.unknown) == 100
    before = tags.revision
    tags.presented("", "NoAuthorization", 1, "CP", "Accepted")
    assert (tags.unknown[-1].token, tags.revision) == ("T499", before + 1)


def test_an_entry_that_is_replaced_keeps_its_last_use():
    tags = listed()
    tags.presented("04a2", "", 5, "CP", "Accepted")
    tags.put(IdTag("04A2", "Blocked"))
    assert (tags.get("04A2").status, tags.get("04A2").last_used, tags.get("04A2").last_station) == ("Blocked", 5, "CP")


def test_a_tag_read_backwards_or_cut_is_recognised():
    tags = IdTagList()
    tags.put(IdTag("04A2B1C9"))
    assert "reverse" in tags.lookalike("c9b1a204")
    assert "begins like" in tags.lookalike("04A2B1C9FF")
    assert tags.lookalike("0BADF00D") == tags.lookalike("04A2B1C9") == tags.lookalike("straße") == ""


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"token": " "}, "empty"),
        ({"token": "x" * 256}, "256"),
        ({"token": "a\x00"}, "control"),
        ({"status": "Fine"}, "Accepted, Blocked"),
        ({"expiry": "tomorrow"}, "date"),
        ({"language": "plattdeutsch"}, "at most 8"),
        ({"tariff": "cheap"}, "the tariff must be a price such as"),
        ({"stations": "AC-\x1b"}, "control"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(fields, word):
    assert word in problem_of(IdTag(**{"token": "A", **fields}))
    assert problem_of(IdTag("A", expiry="2027-01-31")) == ""


def test_a_document_brings_a_tag_back():
    tag = IdTag("A", "Blocked", "Local", "P", "2027-01-01", "n", False, "M", "de", "AC-*", "1/session", 7, "CP")
    assert IdTag.from_document(tag.to_document()) == tag
    assert IdTag.from_document({"token": "A", "concurrent": "no", "last_used": None, "other": 1}) == IdTag("A")


@pytest.mark.parametrize(
    ("places", "station", "evses"),
    [
        ("", "DC-01", ()),
        ("AC-*, DC-01/2;DC-01/1", "dc-01", (1, 2)),
        ("AC-*, DC-01/2", "ac-77", ()),
        ("AC-*", "DC-01", None),
        ("DC-01/2, DC-*", "DC-01", ()),
        (" , ;", "DC-01", None),
    ],
)
def test_the_places_where_a_tag_may_charge(places, station, evses):
    assert evses_at(places, station) == evses


def test_a_tag_is_judged_by_where_it_is_presented():
    tags = listed(stations="AC-*, DC-01/2")
    assert tags.verdict("04A2", "", NOON, station="AC-04", evse=7).accepted
    assert tags.verdict("04A2", "ISO14443", NOON, station="DC-02").status == "NotAtThisLocation"
    assert tags.verdict("04A2", "", NOON, station="DC-02").status == "Invalid"
    anywhere, wrong = (tags.verdict("04A2", "ISO14443", NOON, station="DC-01", evse=evse) for evse in (0, 1))
    assert (anywhere.status, anywhere.evses) == ("Accepted", (2,))
    assert (wrong.status, wrong.evses) == ("NotAtThisLocation", (2,))


def test_a_master_pass_is_accepted_and_starts_nothing():
    tags = listed(master_pass="MASTERS", parent="DEPOT")
    shown = tags.verdict("04A2", "ISO14443", NOON)
    assert (shown.status, shown.parent) == ("Accepted", "MASTERS")
    assert tags.verdict("04A2", "ISO14443", NOON, starts=True).status == "Invalid"
    assert tags.verdict("04A2", "", NOON).parent == "DEPOT"  # 1.6 knows groups only


def test_the_edition_counts_what_the_list_says_and_not_its_use():
    tags = listed()
    before = tags.edition
    tags.presented("04A2", "", NOON, "CP", "Accepted")
    tags.remove("0000")
    assert tags.edition == before
    tags.remove("04A2")
    assert tags.edition == before + 1
