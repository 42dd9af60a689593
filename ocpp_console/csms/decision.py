"""From a station's call to the bytes of its answer, whatever carries them: every call gets one."""

from ocpp_console.csms.answers import AnswerContext, Refusal, answer
from ocpp_console.csms.chronicle import Chronicle
from ocpp_console.model.messages import Message
from ocpp_console.protocol.frames import Call, CallResult, Frame, encode_error, encode_result
from ocpp_console.protocol.troubles import Trouble, error_code


def decide(
    facts: Chronicle, answers: AnswerContext, call: Call, message: Message | None, identity: str, version: str
) -> tuple[bytes, Frame | None]:
    """The reply to `call`, and its reading when it is a result. `message` is the call's row in the log.

    A retry of a call that was booked gets the same bytes again, so that nothing is booked twice.
    """
    earlier = message.repeats if message is not None else None
    booked = earlier.booked_reply if earlier is not None else None
    if booked is not None:
        return booked, None
    try:
        said = answer(call, message, answers, identity, version)
        if isinstance(said, Refusal):
            return encode_error(call.id, error_code(version, said.trouble), said.text), None
        reply = encode_result(call.id, said)
        if message is not None:
            message.decided = reply
        return reply, CallResult(call.id, said)
    except Exception as problem:
        facts.fault(identity, f"No answer to {call.action!r} could be decided", problem)
        code = error_code(version, Trouble.INTERNAL)
        return encode_error(call.id, code, "The central system failed to process this call."), None
