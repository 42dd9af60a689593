"""The bearer token of the API: from the settings, or made once and kept where only this user can read it."""

import secrets
from pathlib import Path
from typing import NamedTuple

from ocpp_console.api.running import write_private
from ocpp_console.settings import Settings, token_path

SHORTEST = 8
"""Characters of a token: a shorter one is a slip, such as an environment variable that was not filled in."""


class TokenProblem(Exception):
    """There is no token to be had; `text` says why."""

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text


class Token(NamedTuple):
    """The token, and where it stands."""

    text: str
    file: Path | None
    """None when it was given as a setting."""

    @property
    def place(self) -> str:
        """Where to find it, for people."""
        return f"in {self.file}" if self.file is not None else "in the setting api_token"


def token_of(settings: Settings) -> Token:
    """The token for this run; makes and keeps one when there is none yet. Raises `TokenProblem`."""
    if settings.api_token:
        if len(settings.api_token) < SHORTEST or not settings.api_token.isascii() or " " in settings.api_token:
            text = f"The setting api_token must be at least {SHORTEST} ASCII characters without blanks."
            raise TokenProblem(text)
        return Token(settings.api_token, None)
    file = token_path()
    try:
        kept = file.read_text("utf-8").strip() if file.exists() else ""
        if len(kept) < SHORTEST or not kept.isascii():
            kept = secrets.token_urlsafe(32)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(file, kept + "\n")
        elif file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except (OSError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise TokenProblem(f"The API's token cannot be kept in {file}: {why}. Give one with api_token.") from problem
    return Token(kept, file)
