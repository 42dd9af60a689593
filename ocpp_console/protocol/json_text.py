"""JSON as stations write it: one fast pass, then only as much care as the text asks for.

What can be understood in one way only is read and the oddity named in a finding; the rest is refused in words.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from ocpp_console.protocol.findings import Finding, Severity

MAX_DEPTH = 32
"""Deepest nesting that is read. OCPP itself needs fewer than ten levels."""

_NO_FINDINGS: tuple[Finding, ...] = ()
_BLANKS = " \t\r\n"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class NotJsonError(ValueError):
    """The text is refused. `problem` is a stable word, `text` a sentence."""

    def __init__(self, problem: str, text: str) -> None:
        """Keep both forms of the reason."""
        super().__init__(text)
        self.problem = problem
        self.text = text


def _refuse_constant(name: str) -> NoReturn:
    """`NaN` and `Infinity` are Python's, not JSON's."""
    raise NotJsonError("not_json", f"{name} is not a JSON number")


def _finite(text: str) -> float:
    """A number with a fraction or an exponent; `1e999` would become infinity and is refused."""
    value = float(text)
    if value - value:  # infinity minus infinity is NaN, which is true
        raise _too_large()
    return value


def _too_large() -> NotJsonError:
    """A number beyond what any JSON reader can hold."""
    return NotJsonError("not_json", "a number is too large for JSON readers")


_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder(parse_constant=_refuse_constant))["scan_once"]
"""The C scanner itself: `JSONDecoder.decode` spends a quarter of its time on looking for blanks around the text.

It is not given `_finite`, which would be called for each number: `_count_keys` meets all of them anyway.
"""


def read(raw: bytes) -> tuple[Any, tuple[Finding, ...]]:
    """The value of a JSON text in UTF-8, and what was odd about it. Raises `NotJsonError` and nothing else."""
    try:
        text = raw.decode()
        value, end = _scan(text, 0)
    except (StopIteration, ValueError, RecursionError):
        return _read_with_care(raw)
    if end != len(text) and text[end:].strip(_BLANKS):
        return _read_with_care(raw)
    # A key is followed by `":`. More of these in the text than keys in the value: one came twice, or a string holds it.
    # (A blank before the colon hides a repetition; looking for that too would cost every frame more than it is worth.)
    if _count_keys(value) != raw.count(b'":') or (b"\\" in raw and b"\\u" in raw):
        return value, _oddities(text, raw, value)
    return value, _NO_FINDINGS


def reread(raw: bytes) -> Any:
    """The value of a text that `read` took before; what is odd about it is not looked for again."""
    try:
        return _scan(raw.decode(), 0)[0]
    except (StopIteration, ValueError, RecursionError):
        return read(raw)[0]


def _count_keys(value: Any, depth: int = 1) -> int:
    """How many keys all objects in `value` have together; refuses what is nested too deep, and infinite numbers."""
    if depth > MAX_DEPTH:
        raise NotJsonError("too_deep", f"nested deeper than {MAX_DEPTH} levels")
    if type(value) is dict:
        return _count_in_object(value, depth)
    keys = 0
    for item in value if type(value) is list else (value,):
        kind = type(item)
        if kind is dict:
            keys += _count_in_object(item, depth + 1)
        elif kind is list:
            keys += _count_keys(item, depth + 1)
        elif kind is float and item - item:  # infinity minus infinity is NaN, which is true
            raise _too_large()
    return keys


def _count_in_object(value: dict[str, Any], depth: int) -> int:
    """`_count_keys` for what most containers are: most values of an object are strings, so these are passed first."""
    keys = len(value)
    for item in value.values():
        kind = type(item)
        if kind is not str:
            if kind is dict or kind is list:
                keys += _count_keys(item, depth + 1)
            elif kind is float and item - item:
                raise _too_large()
    return keys


def _oddities(text: str, raw: bytes, value: Any) -> tuple[Finding, ...]:
    """Findings about a text that could be read but looks unusual."""
    findings = [
        Finding("DUPLICATE_KEY", Severity.WARNING, f"the key {key!a:.60} comes twice in one object; the last counts")
        for key in _duplicate_keys(text)
    ]
    if _SURROGATE.search(raw) and not _is_unicode(value):
        findings.append(
            Finding("LONE_SURROGATE", Severity.WARNING, "contains half of a UTF-16 pair, which is no character")
        )
    return tuple(findings)


def _duplicate_keys(text: str) -> list[str]:
    """The keys that occur more than once in one object, at most ten of them."""
    found: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen and key not in found and len(found) < 10:
                found.append(key)
            seen.add(key)

    try:
        json.JSONDecoder(object_pairs_hook=note, strict=False).decode(text)
    except (ValueError, RecursionError):  # the text has been read before: cannot happen
        return found
    return found


def _is_unicode(value: Any) -> bool:
    """Whether every text in `value` can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _read_with_care(raw: bytes) -> tuple[Any, tuple[Finding, ...]]:
    """The second look at a text that the fast pass did not read: tolerate what is harmless, name the rest."""
    findings: list[Finding] = []
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise NotJsonError("not_utf8", f"byte {error.start} is not UTF-8") from None
    if text.startswith("\ufeff"):
        findings.append(Finding("BYTE_ORDER_MARK", Severity.WARNING, "begins with a byte order mark"))
        text = text[1:]
    text = text.strip(_BLANKS)
    value = _decode(text, findings)
    if _count_keys(value) != text.count('":') or "\\u" in text:
        findings.extend(_oddities(text, raw, value))
    return value, tuple(findings)


def _decode(text: str, findings: list[Finding]) -> Any:
    """Decode the whole of `text`; control characters inside strings are let through with a finding."""
    problem = "not JSON"
    for strict in (True, False):
        decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, strict=strict)
        try:
            value = decoder.decode(text)
        except json.JSONDecodeError as error:
            problem = f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}"
            continue
        except RecursionError:
            raise NotJsonError("too_deep", f"nested deeper than {MAX_DEPTH} levels") from None
        except NotJsonError:
            raise
        except ValueError:  # Python refuses whole numbers of more than 4,300 digits
            raise NotJsonError("not_json", "a whole number has too many digits") from None
        if not strict:
            findings.append(
                Finding("CONTROL_CHARACTER", Severity.WARNING, "a string contains control characters that JSON forbids")
            )
        return value
    raise NotJsonError("not_json", problem if text else "empty")
