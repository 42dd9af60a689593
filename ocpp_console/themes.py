"""The console's own themes; every theme of Textual works as well.

Three hues carry meaning (good, attention, wrong). `console-cb` tells them apart in blue and orange, for eyes that do
not see red and green.
"""

from textual.theme import Theme

DEFAULT = "console-dark"

REVERSED_CURSORS = {"block-cursor-text-style": "reverse", "input-cursor-text-style": "reverse"}
"""What takes the place of a theme's cursors where no colours are drawn (NO_COLOR)."""


def _shades(
    cursor: str, cursor_blurred: str, muted: str, border: str, border_blurred: str, text: str
) -> dict[str, str]:
    """The colours that Textual would mix by itself; fixed, so that tones stay readable on the cursor row."""
    return {
        "block-cursor-background": cursor,
        "block-cursor-foreground": text,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": cursor_blurred,
        "block-cursor-blurred-foreground": text,
        "foreground-muted": muted,
        "border": border,
        "border-blurred": border_blurred,
        "footer-key-foreground": border,
        "input-selection-background": cursor,
    }


CONSOLE_DARK = Theme(
    name="console-dark",
    dark=True,
    primary="#4c9be8",
    secondary="#7a8ba0",
    accent="#5ec4ff",
    success="#52c77d",
    warning="#e8b33a",
    error="#ff8074",
    foreground="#d8dee6",
    background="#0f1317",
    surface="#13181e",
    panel="#1c232b",
    variables=_shades("#1f3a56", "#222b35", "#8592a2", "#4c9be8", "#3a4653", "#eef3f8"),
)

CONSOLE_LIGHT = Theme(
    name="console-light",
    dark=False,
    primary="#0a5fb4",
    secondary="#57606a",
    accent="#0757a6",
    success="#14692f",
    warning="#845500",
    error="#b3161f",
    foreground="#1c2128",
    background="#f3f5f7",
    surface="#fbfcfd",
    panel="#e4e8ed",
    variables=_shades("#cfe3f8", "#e3e8ee", "#57606a", "#0a5fb4", "#aab4bf", "#10151b"),
)

CONSOLE_CB = Theme(
    name="console-cb",
    dark=True,
    primary="#56b4e9",
    secondary="#8a97a6",
    accent="#f5f5f5",
    # Okabe and Ito: sky blue, yellow, vermillion stay apart under every common kind of colour blindness
    success="#56b4e9",
    warning="#f0e442",
    error="#ff8533",
    foreground="#dde3ea",
    background="#0f1317",
    surface="#13181e",
    panel="#1c232b",
    variables=_shades("#2a3a4d", "#222b35", "#93a0b0", "#56b4e9", "#3a4653", "#ffffff"),
)

THEMES = (CONSOLE_DARK, CONSOLE_LIGHT, CONSOLE_CB)
