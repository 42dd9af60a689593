"""Simulated stations for the demo, made of the `ocpp` package's own client.

`Demo` is looked up when it is first asked for: the `ocpp` package takes a third of a second to import, which nobody but
the demo should pay. `DEMO_TAGS` is plain data and costs nothing.
"""

from typing import TYPE_CHECKING

from ocpp_console.simulator.scenarios import DEMO_TAGS

if TYPE_CHECKING:
    from ocpp_console.simulator.demo import Demo

__all__ = ["DEMO_TAGS", "Demo"]


def __getattr__(name: str) -> object:
    """`Demo`, imported at the first look."""
    if name == "Demo":
        from ocpp_console.simulator.demo import Demo

        return Demo
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
