import pytest
from textual.color import Color
from textual.theme import Theme

from ocpp_console.themes import DEFAULT, THEMES

TONES = ("success", "warning", "error", "accent", "foreground")


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2."""
    high, low = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_tone_is_readable_on_every_row(theme: Theme) -> None:
    rows = (
        theme.surface,
        theme.variables["block-cursor-background"],
        theme.variables["block-cursor-blurred-background"],
    )
    for row in rows:
        assert row is not None
        for tone in TONES:
            assert contrast(getattr(theme, tone), row) >= 4.5, (tone, row)
        assert contrast(theme.variables["foreground-muted"], row) >= 3.0, row


def test_the_default_theme_is_one_of_ours() -> None:
    assert DEFAULT in {theme.name for theme in THEMES}


def test_good_and_wrong_stay_apart_without_red_and_green() -> None:
    # Deuteranopia after Viénot, Brettel and Mollon (1999), in linear RGB: red and green become one channel
    cb = next(theme for theme in THEMES if theme.name == "console-cb")

    def seen(text: str | None) -> tuple[float, float]:
        assert text is not None
        red, green, blue = (part / 255 for part in Color.parse(text).rgb)
        return 0.29 * red + 0.71 * green, blue

    (first, first_blue), (second, second_blue) = seen(cb.success), seen(cb.error)
    assert abs(first - second) + abs(first_blue - second_blue) > 0.5
