"""What a filter is made of: conditions on a row of the log, joined by and, or, not.

A condition judges a finished row. Beside that it may carry a hint: what a stored row has to look like for the condition
to hold. The store turns hints into SQL, so that of a million rows only those are read that may fit; the condition
itself still has the last word.
"""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.model.rows import Message

Test = Callable[[Message], bool]


class Hint(NamedTuple):
    """A condition on one stored row that holds whenever the filter's condition holds for the message it belongs to."""

    kind: str
    """`station`, `action`: `value` is a predicate on the name. `text`: the word in small letters, looked for in
    frames and names. `frames`, `answer`, `call`: a text that stands in either frame, in the answer, in the
    call. `named`: names, one of which stands in a frame together with a text. `refused`: the answer is a
    CALLERROR. `wrong`: it may be a no. `unanswered`: no answer left. `latency`, `time`: bounds (low, high) in
    µs, either None. `version`: the beginning of the version. `origin`: the value of an `Origin`. `seqs`:
    numbers of rows. `found`: a part of the codes of what was found, as `model/kept_findings` marks them."""
    value: object
    exact: bool = False
    """The condition holds for no other row: its opposite is a hint as well."""
    judge: Callable[[bytes, bytes | None], bool] | None = None
    """Says of the frames alone, a call and its answer, whether the condition may hold."""


class Condition(NamedTuple):
    """One word of a filter, understood."""

    test: Test
    hint: Hint | None = None


class All(NamedTuple):
    """Every part must hold."""

    parts: tuple["Node", ...]


class Any(NamedTuple):
    """One part is enough."""

    parts: tuple["Node", ...]


class Not(NamedTuple):
    """The part must not hold."""

    part: "Node"


Node = Condition | All | Any | Not


def judge(node: Node) -> Test:
    """The whole tree as one function."""
    if isinstance(node, Condition):
        return node.test
    if isinstance(node, Not):
        test = judge(node.part)
        return lambda message: not test(message)
    tests = [judge(part) for part in node.parts]
    if len(tests) == 1:
        return tests[0]
    if isinstance(node, All):
        return lambda message: all(test(message) for test in tests)
    return lambda message: any(test(message) for test in tests)
