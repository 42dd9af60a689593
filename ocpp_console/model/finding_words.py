"""What each finding means and what to do about it: the catalogue of codes, read from `findings.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ocpp_console.protocol.findings import Severity


class Explanation(NamedTuple):
    """One code in words."""

    code: str
    topic: str
    """What it is about, for grouping: "Sessions", "Schema"…"""
    severity: Severity
    """At worst; one occurrence may matter less."""
    title: str
    means: str
    advice: str
    shared: bool = False
    """OCPP DebugKit has the same code with the same meaning."""


@cache
def catalogue() -> dict[str, Explanation]:
    """All codes, in the order of the file. Read when somebody wants words: rules do without."""
    entries = tomllib.loads((Path(__file__).parent / "findings.toml").read_text("utf-8"))
    return {
        code: Explanation(code, severity=Severity[entry.pop("severity").upper()], **entry)
        for code, entry in entries.items()
    }


def explain(code: str) -> Explanation:
    """The words for a code; for one of a newer console those that can be said of any."""
    known = catalogue().get(code)
    return known or Explanation(code, "Other", Severity.INFO, code, "A code that this console has no words for.", "")
