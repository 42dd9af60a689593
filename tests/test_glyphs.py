import pytest
import traffic
from tape import tape

from ocpp_console.glyphs import NO_WORDS, SOFT_WORDS, YES_WORDS, command_look
from ocpp_console.model.messages import outcome


@pytest.mark.parametrize("word", [*sorted(YES_WORDS | SOFT_WORDS | NO_WORDS), "NeverHeardOf"])
def test_an_answer_looks_the_same_in_the_log_and_beside_its_command(word: str) -> None:
    t = tape("1.6")
    t.ask("TriggerMessage", {"requestedMessage": "Heartbeat"}, "1")
    t.hear(traffic.result({"status": word}, id="1"))
    look = command_look("answered", word)
    glyph, said, tone = outcome(next(row for row in t.fleet.messages if row.action == "TriggerMessage"))
    assert (glyph, tone) == (look.glyph, look.tone) or said.endswith(("finding", "findings"))
