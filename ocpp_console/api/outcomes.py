"""What procedures take and tell: the bodies of their requests and the documents of their outcomes."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

Result = dict[str, Any]


class Body(BaseModel):
    """What a procedure needs; unknown properties are refused."""

    model_config = ConfigDict(extra="forbid")


class Outcome(BaseModel):
    """What came of a procedure; some tell more beside it."""

    model_config = ConfigDict(extra="allow")
    done: bool
    text: str


class Procedure(NamedTuple):
    """One procedure of a station."""

    path: str
    """Below the station."""
    body: type[BaseModel]
    run: Callable[["Engine", str, Any], Awaitable[Result]]
    """From engine, identity and body to the document of the outcome."""
    summary: str
    asks: bool = True
    """It asks the station, which has to be connected."""


def told(done: bool, text: str, **more: Any) -> Result:
    """The document of an outcome."""
    return {"done": done, "text": text} | more
