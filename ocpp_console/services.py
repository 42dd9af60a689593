"""What runs beside the engine when the settings ask for it: the control API, the bridge to a broker.

One line for each here; whatever it imports is imported only when it is used.
"""

from collections.abc import Callable, Iterable

from ocpp_console.engine import Engine, Service
from ocpp_console.settings import Settings


def console(settings: Settings, given: Iterable[str] = (), *, load: Callable[[], Settings] | None = None) -> Engine:
    """An engine with all that its settings ask for; nothing runs before its `start`.

    `given` names the settings that are no defaults: what was chosen in an earlier run does not go before them.
    `load` gives the settings as they are written by then: with it they are read again when somebody asks.
    """
    engine = Engine(settings)
    engine.duties.given.update(given)
    engine.services += _services(engine)
    if load is not None:
        from ocpp_console.reloading import Reloading

        engine.services.append(Reloading(engine, load))
    return engine


def _services(engine: Engine) -> list[Service]:
    """What these settings want to run beside the engine, in the order in which it is started."""
    wanted: list[Service] = []
    if engine.settings.tags:  # first: no station is to be judged by yesterday's list
        from ocpp_console.tag_file import TagFile

        wanted.append(TagFile(engine.settings.tags, engine.fleet.id_tags, engine, engine.report))
    if engine.settings.bridge:
        from ocpp_console.outputs.mqtt_bridge import Bridge

        wanted.append(Bridge(engine))
    if engine.settings.api:
        from ocpp_console.api.server import ApiService

        wanted.append(ApiService(engine))
    wanted.append(_attendant(engine))
    return wanted


def _attendant(engine: Engine) -> Service:
    """What the console does for stations by itself; the operator may ask for it while it runs."""
    from ocpp_console.duties.attendant import Attendant

    return Attendant(engine, engine.report)
