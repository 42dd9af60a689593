"""Filters that look into payloads: values by path, and values by the names that OCPP gives them in all its versions."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

from ocpp_console.model.filter_glance import glance_for
from ocpp_console.model.reading import number, text
from ocpp_console.model.regex import Regex
from ocpp_console.model.rows import Message, Origin
from ocpp_console.protocol.frames import JsonValue

_ERROR_PARTS = ("errorCode", "errorDescription", "errorDetails")
_ERROR_NAMES = {name.lower() for name in _ERROR_PARTS}
_PLACES = {2: 3, 3: 2, 6: 3}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,6}|\*)\]")
_MOST_VALUES = 10_000
"""Values looked at in one payload."""

_SOLID = re.compile(r"[A-Za-z0-9 _-]+")


def solid(value: str) -> str:
    """The longest part of a text that every JSON writer leaves as it is; what holds the text holds this part."""
    return max(_SOLID.findall(value), key=len, default="")


FramesJudge = Callable[[bytes, bytes | None], bool]
"""Says something of a call and its answer, which may be missing."""


def in_frames(judge: FramesJudge) -> Callable[[Message], bool]:
    """The same of a row; one that is an event has no frames."""
    return lambda message: message.origin is not Origin.EVENT and judge(message.raw, message.answer_raw)


def payloads(message: Message) -> Iterator[JsonValue]:
    """What the call and its answer carry; of an error its three parts by name. Frames that cannot be read have none."""
    return payloads_of(message.raw, message.answer_raw) if message.origin is not Origin.EVENT else iter(())


def payloads_of(*frames: bytes | None) -> Iterator[JsonValue]:
    """The same of frames."""
    for raw in frames:
        payload = _payload(raw) if raw else None
        if payload is not None:
            yield payload


def _payload(raw: bytes) -> JsonValue:
    """The payload of one frame; None when there is none."""
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, list) or len(frame) < 3 or type(frame[0]) is not int:
        return None
    if frame[0] in (4, 5):
        return dict(zip(_ERROR_PARTS, frame[2:], strict=False))
    place = _PLACES.get(frame[0], len(frame))
    return frame[place] if place < len(frame) else None


# -------------------------------------------------------------------- by path


def steps_of(path: str) -> list[str] | None:
    """`meterValue[0].sampledValue.value` in steps; None when it is no path."""
    steps: list[str] = []
    at = 0
    for found in _STEP.finditer(path):
        between = path[at : found.start()]
        if between != ("." if found[1] is not None and at else ""):
            return None
        steps.append(found[1] if found[1] is not None else f"[{found[2]}]")
        at = found.end()
    return steps if steps and at == len(path) else None


def values_at(value: JsonValue, steps: Sequence[str]) -> Iterator[JsonValue]:
    """Every value a path leads to. A name looks into each element of a list; `*` is any name, `[n]` one element.

    Names match in either case.
    """
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step.startswith("["):
        if isinstance(value, list):
            chosen = value if step == "[*]" else value[int(step[1:-1]) : int(step[1:-1]) + 1]
            for each in chosen:
                yield from values_at(each, rest)
    elif isinstance(value, dict):
        for name, each in value.items():
            if step == "*" or name.lower() == step.lower():
                yield from values_at(each, rest)
    elif isinstance(value, list):
        for each in value:
            yield from values_at(each, steps)


def name_in(steps: Sequence[str]) -> str:
    """What stands in every frame that has something at the path: its last name, in small letters. Else nothing."""
    names = [step for step in steps if step != "*" and not step.startswith("[")]
    if not names or names[0].lower() in _ERROR_NAMES:
        return ""
    return solid(names[-1]).lower()


def path_judge(steps: Sequence[str], judge: Callable[[JsonValue], bool]) -> FramesJudge:
    """Some value at the path, in the call or in the answer, is as `judge` wants it."""
    needle = name_in(steps)
    glance = glance_for(needle) if needle and needle == steps[-1].lower() else None
    part = needle.encode()

    def may_fit(raw: bytes) -> bool:
        """Only then it is worth reading."""
        low = raw.lower()
        if part not in low:
            return False
        values = glance(low) if glance is not None else None
        return values is None or any(judge(value) for value in values)

    def fits(raw: bytes, answer: bytes | None) -> bool:
        if part:
            raw, answer = raw if may_fit(raw) else b"", answer if answer is not None and may_fit(answer) else None
        for payload in payloads_of(raw, answer):
            for count, value in enumerate(values_at(payload, steps)):
                if judge(value):
                    return True
                if count >= _MOST_VALUES:
                    break
        return False

    return fits


def judge_of(sign: str, wanted: str) -> Callable[[JsonValue], bool]:
    """What `sign wanted` says about a value: numbers compare as numbers, all else as text in either case.

    Raises:
        ValueError: after `=~` stands no regular expression.
    """
    if sign == "=~":
        regex = Regex(wanted)
        return lambda value: regex.found_in(_plain(value))
    if sign == "!=":
        equal = judge_of("==", wanted)
        return lambda value: not equal(value)
    amount = number(wanted)
    low = wanted.lower()

    def compare(value: JsonValue) -> int | None:
        """-1, 0 or 1; None when the two cannot be compared."""
        if isinstance(value, (dict, list)):
            return None
        own = number(value) if amount is not None and not isinstance(value, bool) else None
        if amount is not None and own is not None:
            return (own > amount) - (own < amount)
        said = _plain(value).lower()
        return (said > low) - (said < low)

    wants = {"==": (0,), "=": (0,), ">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0)}[sign]
    return lambda value: compare(value) in wants


def _plain(value: JsonValue) -> str:
    """A value as one would type it; null is `null`."""
    return "null" if value is None else text(value)


# -------------------------------------------------------------------- by name


def named_judge(names: Sequence[str], wanted: str) -> FramesJudge:
    """Somewhere in the call or the answer a property of one of these names has this value.

    A name such as `evse.id` means `id` in an object `evse`. Values match in either case; `*` at the end stands for
    any rest.
    """
    part = solid(wanted.removesuffix("*")).lower().encode()
    low = wanted.lower()
    beginning = low[:-1] if low.endswith("*") else None
    plain = {name for name in names if "." not in name}
    inner = {tuple(name.split(".", 1)) for name in names if "." in name}
    glances = [glance_for(name) for name in dict.fromkeys(name.rpartition(".")[2] for name in names)]

    def fits(value: JsonValue) -> bool:
        if isinstance(value, (dict, list)) or value is None:
            return False
        said = text(value).lower()
        return said.startswith(beginning) if beginning is not None else said == low

    def may_fit(raw: bytes) -> bool:
        """Only then it is worth reading."""
        low = raw.lower()
        if part not in low:
            return False
        seen = [glance(low) for glance in glances]
        return any(values is None or any(fits(value) for value in values) for values in seen)

    def judge(raw: bytes, answer: bytes | None) -> bool:
        raw, answer = raw if may_fit(raw) else b"", answer if answer is not None and may_fit(answer) else None
        return any(
            (name in plain or (parent, name) in inner) and fits(value)
            for payload in payloads_of(raw, answer)
            for parent, name, value in properties(payload)
        )

    return judge


def properties(payload: JsonValue) -> Iterator[tuple[str, str, JsonValue]]:
    """Every property of a payload at any depth: the name it stands under, its own name, its value."""
    waiting: list[tuple[str, JsonValue]] = [("", payload)]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        parent, value = waiting.pop()
        if isinstance(value, dict):
            for name, each in value.items():
                seen += 1
                yield parent, name, each
                if isinstance(each, (dict, list)):
                    waiting.append((name, each))
        elif isinstance(value, list):
            waiting.extend((parent, each) for each in value if isinstance(each, (dict, list)))
            seen += len(value)
