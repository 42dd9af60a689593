import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from ocpp_console import glyphs
from ocpp_console.widgets.line_filters import AsciiOnly, Scrub, to_ascii

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b2J", "\u202eabc", "\ufeff", "\x00", "\x7f", "\ud83d", "\U000e0041"]
)
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    out = "".join(segment.text for segment in Scrub().apply([Segment("ok "), Segment(text)], BLACK))
    assert out.startswith("ok ")
    assert not set(text) & set(out) - set(" -~[]2J52;ceA==abc")


def test_clean_lines_are_handed_on_untouched() -> None:
    line = [Segment("Wallbox 中"), Segment("●")]
    assert Scrub().apply(line, BLACK) is line


def test_ascii_takes_as_many_cells() -> None:
    text = "● AC-04 ▶ Charging 中 ž"
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == cell_len(text)
    assert AsciiOnly().apply([Segment(text)], BLACK)[0].text == "* AC-04 > Charging ?? ?"


def test_bars_of_notices_and_forms_stay_bars() -> None:
    assert to_ascii("▌▐▏▎▍▊▕▔×") == "|||||||-x"


def test_every_glyph_is_one_cell_and_has_a_stand_in_of_one_cell() -> None:
    for glyph, plain in glyphs.ASCII.items():
        assert (cell_len(glyph), len(plain), plain.isascii()) == (1, 1, True)


@pytest.mark.parametrize("looks", [glyphs.CONNECTOR_LOOKS, glyphs.TAG_LOOKS, glyphs.COMMAND_LOOKS])
def test_every_state_has_a_known_glyph_and_tone(looks: dict[str, tuple[str, str]]) -> None:
    for glyph, tone in looks.values():
        assert glyph in glyphs.ASCII or glyph == "?"
        assert tone in glyphs.TONES
