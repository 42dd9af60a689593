"""A running console, asked over its HTTP API: where it is, with which token, and what it answers.

Only the standard library: these commands run in scripts, many times, and have to start at once.
"""

import http.client
import json
import sys
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.visible import visible

PATIENCE = 30.0
"""Seconds for an answer that takes no charger."""


class Reply(NamedTuple):
    """An answer of the API."""

    status: int
    document: Any
    """The JSON; text when it is another type, None when there is none."""


class Refused(Exception):
    """The console does not do what was asked; `text` says why."""

    def __init__(self, text: str, exit_code: int, document: Any = None) -> None:
        """`document` is the problem document, if there is one."""
        super().__init__(text)
        self.text = text
        self.exit_code = exit_code
        self.document = document


class Place(NamedTuple):
    """Where a console is, and what it wants to hear."""

    url: str
    token: str


class RunningConsole:
    """One console; a connection is opened for each question."""

    def __init__(self, place: Place) -> None:
        """Asks nothing yet."""
        self.place = place
        self._split = urlsplit(place.url)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seconds: float | None = PATIENCE,
        content: str = "application/json",
        **query: Any,
    ) -> Reply:
        """One question; `path` begins below /api, `body` is JSON unless it is bytes. Raises Refused."""
        connection = self.open(seconds)
        try:
            response = self.begin(connection, method, path, body, content=content, **query)
            return self._read(response, response.read())
        except (OSError, http.client.HTTPException) as problem:
            raise self.unreachable(problem) from problem
        finally:
            connection.close()

    def open(self, seconds: float | None) -> http.client.HTTPConnection:
        """A connection that is not connected yet."""
        secure = self._split.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        return kind(self._split.hostname or "", self._split.port, timeout=seconds)

    def begin(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: Any = None,
        content: str = "application/json",
        **query: Any,
    ) -> http.client.HTTPResponse:
        """Send a question; the answer with its body still to be read."""
        given = {name: _spelled(value) for name, value in query.items() if value is not None}
        target = self._split.path.rstrip("/") + "/api" + path + (f"?{urlencode(given)}" if given else "")
        headers = {"Authorization": f"Bearer {self.place.token}"} if self.place.token else {}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if raw is not None:
            headers["Content-Type"] = content
        connection.request(method, target, raw, headers)
        return connection.getresponse()

    def _read(self, response: http.client.HTTPResponse, raw: bytes) -> Reply:
        """What was answered. Raises Refused for an error."""
        kind = response.headers.get_content_type()
        try:
            document = json.loads(raw) if kind.endswith("json") else raw.decode("utf-8", "replace") if raw else None
        except ValueError:
            document = None
        if response.status < 400:
            return Reply(response.status, document)
        raise self.refusal(response.status, document)

    def problem(self, response: http.client.HTTPResponse) -> Refused:
        """What an answer that is an error means; its body is still to be read."""
        try:
            self._read(response, response.read())
        except Refused as refused:
            return refused
        return self.refusal(response.status, None)

    def refusal(self, status: int, document: Any) -> Refused:
        """An error of the API as what ends this command."""
        said = document.get("detail") if isinstance(document, dict) else None
        text = str(said) if said else f"{self.place.url} answered with HTTP {status}; is that a console's API?"
        codes = {401: Exit.UNREACHABLE, 421: Exit.UNREACHABLE, 400: Exit.USAGE, 422: Exit.USAGE, 413: Exit.USAGE}
        station = status in (404, 409) and said is not None and "station" in text
        code = Exit.NOT_CONNECTED if station else codes.get(status, Exit.BROKEN)
        return Refused(text, code, document)

    def unreachable(self, problem: Exception) -> Refused:
        """Why it could not be asked."""
        if isinstance(problem, TimeoutError):
            why = "it does not answer"
        else:
            why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        text = f"The console at {self.place.url} cannot be reached: {why}. Does it run, with --api?"
        return Refused(text, Exit.UNREACHABLE)


def segment(text: str) -> str:
    """A part of a path, such as a station's identity."""
    return quote(text, safe="")


def _spelled(value: Any) -> str:
    """A value as a query has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def console_of(given: Given) -> RunningConsole:
    """The console that is meant. Raises Refused when there is none."""
    return RunningConsole(place_of(given))


def place_of(given: Given) -> Place:
    """Where the console is: named by flag or variable, else the newest that runs here, else what the file says."""
    from ocpp_console.api import running

    settings, origins, _ = given.loaded
    secret = given.token or settings.api_token
    if given.api:
        return _named(given.api, secret)
    if origins["api"] == "env":
        return _named(settings.api, secret)
    found = running.consoles()
    if len(found) > 1:
        which = f"{len(found)} consoles run here; asking {found[0].url} (--api names another)."
        print(f"ocpp-console: {which}", file=sys.stderr)
    if found:
        return Place(found[0].url, found[0].token(secret))
    if settings.api and settings.api.rpartition(":")[2] != "0":
        return _named(settings.api, secret)
    text = "No console with an API runs here. Start one with --api 9180, or name one with --api."
    raise Refused(text, Exit.UNREACHABLE)


def _named(text: str, secret: str) -> Place:
    """A place given as URL or `[HOST:]PORT`; the token of this user's own console is for this machine alone."""
    from ocpp_console.api import running
    from ocpp_console.settings import token_path

    where = text if "://" in text else f"http://127.0.0.1:{text}" if text.isdecimal() else f"http://{text}"
    try:
        split = urlsplit(where)
        host, port = split.hostname, split.port
    except ValueError:
        host = port = None
    if not host or split.scheme not in ("http", "https"):
        shown = visible(text, 60)
        raise Refused(f'--api must be a URL such as http://127.0.0.1:9180, or [HOST:]PORT, not "{shown}".', Exit.USAGE)
    url = where.rstrip("/").removesuffix("/api")
    if secret or host not in ("127.0.0.1", "::1", "localhost"):
        return Place(url, secret)
    own = next((each for each in running.consoles() if urlsplit(each.url).port == port), None)
    if own is not None:
        return Place(url, own.token())
    try:
        return Place(url, token_path().read_text("utf-8").strip())
    except (OSError, UnicodeError):
        return Place(url, "")
