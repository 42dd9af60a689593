"""The tables' format: numbered SQL files, applied in order, each in one transaction."""

from importlib import resources
from typing import Any

import aiosqlite

APPLICATION_ID = 0x4F435043
"""`OCPC` in the header of the file: this database is ours."""


def _scripts() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, in order; `001_facts.sql` brings format 1."""
    folder = resources.files("ocpp_console.store") / "migrations"
    files = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(int(name.split("_")[0]), text) for name, text in files]


SCRIPTS = _scripts()
FORMAT = SCRIPTS[-1][0]
"""The newest format this program knows; kept in the file as `user_version`."""


async def value_of(connection: aiosqlite.Connection, statement: str) -> Any:
    """The one value of a statement that gives one."""
    return next(iter(await connection.execute_fetchall(statement)))[0]


async def migrate(connection: aiosqlite.Connection) -> None:
    """Bring the tables to `FORMAT`; each step is kept whole or not at all."""
    present = await value_of(connection, "PRAGMA user_version")
    for number, script in SCRIPTS:
        if number > present:
            await connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )
