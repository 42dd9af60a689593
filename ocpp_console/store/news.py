"""What there is to hear about the store: troubles that begin and end, losses, answers that left too early."""

from typing import NamedTuple

from ocpp_console.store.event_log import EventLog


class Word(NamedTuple):
    """One thing to tell."""

    text: str
    confirm: bool
    """It stays until the operator has read it; what the status line shows as long as it lasts need not."""


class News:
    """Watches one log. Whoever tells asks now and then: nothing of this may cost a frame time."""

    def __init__(self, log: EventLog) -> None:
        """All was well so far."""
        self._log = log
        self._trouble = ""
        self._late = log.late_commits

    def take(self) -> list[Word]:
        """What is new since the last time, in the order in which it happened."""
        log = self._log
        words = [Word(text, True) for text in log.notices]
        log.notices = []
        trouble = log.trouble.text if log.trouble is not None else ""
        if trouble != self._trouble:
            words.insert(0, Word(trouble or "The database is written again.", False))
            self._trouble = trouble
        late = log.late_commits - self._late
        if late and not log.behind:
            self._late = log.late_commits
            many = f"{late} answers" if late > 1 else "An answer"
            text = f"{many} left before the call was in the database, which took longer than a second; a crash in that "
            words.append(Word(f"{text}time would have lost the record.", True))
        return words
