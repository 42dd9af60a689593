"""The palette's search: by the short name, and by any word of the sentence below it."""

from textual.command import Hit, Hits
from textual.system_commands import SystemCommandsProvider

IN_SENTENCE = 0.1
"""The score of what only its sentence tells: below whatever its name tells."""


class KeysProvider(SystemCommandsProvider):
    """Everything the app can do here; `RemoteStart` finds the key that sends it."""

    async def search(self, query: str) -> Hits:
        """Names as fuzzy as Textual likes; in sentences the words as typed, in any case."""
        matcher, wanted = self.matcher(query), query.casefold().strip()
        for command in self.app.get_system_commands(self.screen):
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), command.callback, help=command.help)
            elif wanted and wanted in command.help.casefold():
                yield Hit(IN_SENTENCE, command.title, command.callback, text=command.title, help=command.help)
