"""Rules put around folds: what is odd about a message is told by the same pass that takes it in."""

from ocpp_console.model.rows import Message
from ocpp_console.model.rules.statuses import calm
from ocpp_console.model.rules.table import ANSWER_RULES, CALL_RULES, CALL_RULES_AFTER, REPLY_RULES, Payload, Rule
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding


def judged_calls(folds: dict[str, Rule]) -> dict[str, Rule]:
    """The folds of stations' calls, each with its rules before and after it."""
    actions = folds.keys() | CALL_RULES.keys() | CALL_RULES_AFTER.keys()
    return {
        action: _call(CALL_RULES.get(action, ()), folds.get(action), CALL_RULES_AFTER.get(action, ()))
        for action in actions
    }


def judged_answers(folds: dict[str, Rule]) -> dict[str, Rule]:
    """The folds of our answers, each with its rules before it."""
    return {action: _answer(ANSWER_RULES.get(action, ()), fold, ()) for action, fold in folds.items()}


def judged_replies(folds: dict[str, Rule]) -> dict[str, Rule]:
    """The folds of stations' answers, each with its rules after it."""
    return {action: _answer((), fold, REPLY_RULES.get(action, ())) for action, fold in folds.items()}


def _call(before: tuple[Rule, ...], fold: Rule | None, after: tuple[Rule, ...]) -> Rule:
    """What the rules find goes to the call; what the fold finds is its caller's to keep."""
    if not before and not after and fold is not None:
        return fold
    if before is CALL_RULES["StatusNotification"] and fold is not None:
        return _status(before, fold)

    def judged(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
        for rule in before:
            if (odd := rule(site, station, message, payload)) is not None:
                message.call_findings += (odd,)
        found = fold(site, station, message, payload) if fold is not None else None
        for rule in after:
            if (odd := rule(site, station, message, payload)) is not None:
                message.call_findings += (odd,)
        return found

    return judged


def _status(rules: tuple[Rule, ...], fold: Rule) -> Rule:
    """The most frequent of all that is judged: rules look only when the step is no usual one."""

    def judged(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
        if not calm(station, payload):
            for rule in rules:
                if (odd := rule(site, station, message, payload)) is not None:
                    message.call_findings += (odd,)
        return fold(site, station, message, payload)

    return judged


def _answer(before: tuple[Rule, ...], fold: Rule, after: tuple[Rule, ...]) -> Rule:
    """What the rules find goes to the answer."""
    if not before and not after:
        return fold

    def judged(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
        for rule in before:
            if (odd := rule(site, station, message, payload)) is not None:
                message.answer_findings += (odd,)
        found = fold(site, station, message, payload)
        for rule in after:
            if (odd := rule(site, station, message, payload)) is not None:
                message.answer_findings += (odd,)
        return found

    return judged
