"""`ocpp-console info`: what is set, where it came from, and where the files are."""

from ocpp_console.shell.declaring import Given


def run(given: Given) -> int:
    """Print it as text or as JSON."""
    from ocpp_console import info

    settings, origins, file = given.loaded
    broker = {}
    if settings.mqtt:
        from ocpp_console.mqtt.probe import probe

        broker = probe(settings)
    told = info.collect(settings, origins, file, given.environ, broker)
    print(info.as_json(told) if settings.json else info.as_text(told))
    return 0
