"""`findings`: what is odd about stations, from the shell."""


async def test_findings_are_listed_the_worst_first_and_acknowledged(shell):
    charger = await shell.charger("CP1")
    await charger.call("Heartbeat", {"extra": 1})
    ran = await shell.run("findings", "--severity", "warning", "--color", "always")
    [head, row] = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert "title" in head
    assert "\x1b[33mwarning\x1b[0m" in row
    assert "SCHEMA_EXTRA" in row
    listed = (await shell.run("findings", "CP1", "--json")).document
    assert [each["severity"] for each in listed] == sorted((each["severity"] for each in listed), reverse=True)
    assert (await shell.run("findings", "--fail-on", "warning")).code == 1
    assert (await shell.run("findings", "--fail-on", "critical")).code == 0
    known = await shell.run("findings", "--acknowledge")
    assert "acknowledged; each counts again" in known.err
    again = await shell.run("findings", "--new")
    assert (again.out, again.err) == ("", "ocpp-console: Nothing odd was found.\n")
    assert (await shell.run("findings", "NOBODY")).code == 0
    assert (await shell.run("findings", "--severity", "bad")).code == 2
