"""Every subcommand, declared once. How to add one stands in the docstring of the package."""

from ocpp_console.shell.declaring import Subcommand

SUBCOMMANDS: dict[str, Subcommand] = {
    each.name: each
    for each in (
        Subcommand(
            "info",
            "print every setting, where it came from, files, versions, addresses",
            "ocpp_console.shell.about",
            settings=True,
            examples=("info --json  the same for programs",),
        ),
    )
}
