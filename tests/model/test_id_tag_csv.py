import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.model.id_tag_csv import from_csv, to_csv
from ocpp_console.model.id_tags import STATUSES, IdTag

WORDS = st.text(st.characters(min_codepoint=33, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=12)


@given(
    st.lists(
        st.builds(
            IdTag, WORDS.filter(bool), st.sampled_from(STATUSES), WORDS, WORDS, st.just(""), WORDS, st.booleans()
        ),
        unique_by=lambda tag: tag.token.casefold(),
        max_size=5,
    )
)
def test_what_is_written_is_read_again(tags):
    text = to_csv(tags)
    assert from_csv(text.encode()) == from_csv(text) == (tags, [])


@pytest.mark.parametrize("start", ["=1+1", "+A", "-A", "@A", "\tA", "  =A", "＝A", "'A"])
def test_no_cell_becomes_a_formula(start):
    line = to_csv([IdTag("T", note=start)]).splitlines()[1]
    assert line.split(",")[-1].strip('"').startswith("'")


def test_plain_numbers_stay_and_control_characters_become_visible():
    assert to_csv([IdTag("-5", note="a\x00\r\nb")], bom=False) == (
        "idTag,status,type,parent,expiry,concurrent,note\r\n-5,Accepted,,,,yes,a␀␍␊b\r\n"
    )
    assert to_csv([IdTag("\ud800")]).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_any_order_of_columns(separator):
    lines = ["Note,ID Tag,x,Status", "Ann,04A2,1,blocked", "", "Bob,0499,2,"]
    tags, problems = from_csv("\ufeff" + "\n".join(lines).replace(",", separator))
    assert problems == []
    assert [(tag.token, tag.status, tag.note) for tag in tags] == [
        ("04A2", "Blocked", "Ann"),
        ("0499", "Accepted", "Bob"),
    ]


def test_without_a_header_the_columns_are_ours():
    tags, problems = from_csv("04A2,Blocked\n0499")
    assert [(tag.token, tag.status) for tag in tags] == [("04A2", "Blocked"), ("0499", "Accepted")]
    assert problems == []


def test_wrong_lines_are_named_and_the_others_read():
    tags, problems = from_csv("idTag;status;expiry\nA;;\n;;\n;Blocked;\nB;Fine;\na;;\nC;;soon\nD;;2027-01-01\n")
    assert [tag.token for tag in tags] == ["A", "D"]
    assert [line for line, _ in problems] == [4, 5, 6, 7]
    assert problems[2][1] == "the same tag as in line 2"


def test_a_file_in_an_older_encoding_is_read():
    tags, _ = from_csv("idTag;note\nA;Müller\n".encode("cp1252"))
    assert tags[0].note == "Müller"


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_nothing_in_a_file_raises(data):
    from_csv(data)


def test_a_line_with_another_separator_than_the_first_is_no_tag() -> None:
    tags, problems = from_csv("idTag,status,note\n04A2;Accepted;x\n04A3,Blocked,\n04A4\n")
    assert [tag.token for tag in tags] == ["04A3", "04A4"]
    assert problems == [(2, "its cells are separated by ;, those of the first line are not")]


def test_the_rarer_columns_are_written_when_a_tag_has_them():
    tags = [IdTag("A"), IdTag("B", master_pass="M", language="de", stations="AC-*, DC-01/2", tariff="0.3/kWh EUR")]
    written = to_csv(tags, bom=False)
    assert written.startswith("idTag,status,type,parent,expiry,concurrent,note,masterPass,language,stations,tariff")
    assert from_csv(written).tags == tags
    reading = from_csv("uid;Allowed stations;tariff\nC;DC-*;cheap\n")
    assert reading.problems == [(2, "the tariff must be a price such as 0.39/kWh 0.02/min 1/session EUR, or free")]
