"""Textual bindings made from the table of keys."""

from textual.binding import Binding, BindingType

from ocpp_console.keys import keys_of


def bindings(scope: str) -> list[BindingType]:
    """The bindings of one scope of `keys.KEYS`; ids make them the user's to change."""
    return [
        Binding(
            key.keys, key.action, key.short, id=key.id, show=False, tooltip=key.help, priority=key.id == "app.quit_now"
        )
        for key in keys_of(scope)
    ]
