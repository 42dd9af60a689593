"""`ocpp-console reload`: a running console reads its configuration file and its file of idTags again."""

from ocpp_console.shell import printing
from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.shell.running_console import console_of
from ocpp_console.visible import visible


def run(given: Given) -> int:
    """Have it read them; 1 when a file cannot be used."""
    came = console_of(given).ask("POST", "/reload").document
    if given.json:
        printing.as_json(came)
    else:
        for text in came["told"]:
            print(visible(text, 1_000))
    return Exit.OK if came["usable"] else Exit.BROKEN
