"""`tags`: the idTag list of a running console from the shell, with CSV files in and out."""

import io

import pytest


async def test_a_tag_is_added_listed_replaced_and_removed(shell):
    assert (await shell.run("tags", "list")).err == "ocpp-console: No tag is listed.\n"
    added = await shell.run("tags", "add", "04A2B3C4", "--note", "Anna", "--expiry", "2027-12-31", "--once")
    assert (added.code, added.err) == (0, "ocpp-console: 04A2B3C4 added.\n")
    tag = shell.engine.fleet.id_tags.get("04a2b3c4")
    assert (tag.note, tag.expiry, tag.concurrent, tag.status) == ("Anna", "2027-12-31", False, "Accepted")
    again = await shell.run("tags", "add", "04A2B3C4", "--status", "Blocked", "--json")
    assert again.document["status"] == "Blocked"
    listed = await shell.run("tags", "list")
    assert listed.out.splitlines()[1].split()[:2] == ["04A2B3C4", "Blocked"]
    assert [tag["token"] for tag in (await shell.run("tags", "list", "a2b", "--json")).document] == ["04A2B3C4"]
    assert (await shell.run("tags", "list", "nobody", "--json")).document == []
    gone = await shell.run("tags", "remove", "04A2B3C4", "FFFF")
    assert gone.code == 1
    assert "04A2B3C4 removed." in gone.err
    assert "'FFFF' is not in the list" in gone.err
    assert len(shell.engine.fleet.id_tags) == 0


async def test_a_tag_with_signs_that_mean_something_in_a_url_is_added_and_removed(shell):
    for token in ("A B/C?#", "/", "%2F", "a/../b"):
        assert (await shell.run("tags", "add", token)).code == 0
        assert shell.engine.fleet.id_tags.get(token) is not None
        assert (await shell.run("tags", "remove", token)).code == 0
    assert len(shell.engine.fleet.id_tags) == 0


async def test_a_wrong_value_is_refused_with_the_reason(shell):
    expiry = await shell.run("tags", "add", "AA", "--expiry", "soon")
    assert expiry.code == 2
    assert "the expiry must be a date" in expiry.err
    status = await shell.run("tags", "add", "AA", "--status", "Perhaps")
    assert status.code == 2
    assert "invalid choice" in status.err


async def test_a_csv_file_goes_in_and_comes_out(shell, tmp_path, monkeypatch):
    file = tmp_path / "tags.csv"
    file.write_text("idTag;status;note\nAA11;;Anna\nBB22;Blocked;\nCC33;Sleeping;\n")
    ran = await shell.run("tags", "import", str(file))
    assert ran.code == 1
    assert "line 4 gives no tag: the status must be one of" in ran.err
    assert "2 new, 0 replaced, 1 lines without a tag." in ran.err
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"idTag\nAA11\nDD44\n")))
    assert (await shell.run("tags", "import", "-", "--json")).document == {"new": 1, "replaced": 1, "problems": []}
    target = tmp_path / "out.csv"
    assert (await shell.run("tags", "export", str(target))).err.endswith("3 tags written to out.csv.\n")
    text = target.read_text("utf-8-sig")
    assert text.startswith("idTag,status")
    shown = await shell.run("tags", "export")
    assert shown.out.replace("\r\n", "\n").lstrip("\ufeff") == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tags"], "say which: list, add, remove, import, export."),
        (["tags", "lst"], "there is no tags lst. Did you mean list?"),
        (["tags", "import", "/nowhere.csv"], "/nowhere.csv cannot be read: No such file or directory."),
        (["tags", "export", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written: No such file or directory."),
    ],
)
async def test_wrong_words_are_2_with_a_sentence(shell, words, sentence):
    ran = await shell.run(*words)
    assert ran.code == 2
    assert sentence in ran.err
