from pathlib import Path

from stage import stage

from ocpp_console.model.id_tags import IdTag, Policy


async def test_an_unknown_tag_appears_when_it_is_swiped_and_one_key_accepts_it() -> None:
    async with stage((80, 24), policy="known") as s:
        charger = await s.charger("AC-07")
        await s.press("4")
        await s.sees("No idTags yet")
        answer = await charger.call("Authorize", {"idTag": "7C11A0EE"})
        assert answer["idTagInfo"]["status"] == "Invalid"
        await s.sees("? unknown")
        await s.press("i")
        await s.sees("✓ Accepted")
        answer = await charger.call("Authorize", {"idTag": "7c11a0ee"})
        assert answer["idTagInfo"]["status"] == "Accepted"


async def test_a_tag_is_added_changed_and_deleted_by_keys() -> None:
    async with stage((80, 24)) as s:
        await s.press("4", "a")
        await s.sees("Add an idTag")
        await s.press(*"04A2", "enter", "down", "down", "enter")
        await s.press("enter", *"Workshop", "f10")
        screen = await s.sees("Workshop")
        assert "✗ Blocked" in screen
        await s.press("e")
        await s.sees("Change the idTag")
        await s.press("down", "home", "enter", "f10")
        await s.sees("✓ Accepted")
        await s.press("d")
        await s.sees("Delete 04A2")
        await s.press("n")
        assert s.engine.fleet.id_tags.get("04a2") is not None
        await s.press("d", "y")
        await s.sees("No idTags yet")


async def test_a_form_that_is_not_in_order_says_why_and_stays() -> None:
    async with stage((80, 24)) as s:
        await s.press("4", "a", "f10")
        await s.sees("the tag is empty")
        await s.press(*"X", "tab", "tab", "tab", *"tomorrow", "f10")
        await s.sees("the expiry must be")
        assert len(s.engine.fleet.id_tags) == 0


async def test_the_policy_is_in_the_title_and_switched_by_a_key() -> None:
    async with stage((80, 24), policy="any") as s:
        await s.press("4")
        await s.sees("every tag is accepted")
        await s.press("p")
        await s.sees("known tags only")
        assert s.engine.fleet.id_tags.policy is Policy.KNOWN_ONLY


async def test_csv_is_read_with_its_errors_named_by_line_and_written_back(tmp_path: Path) -> None:
    good = tmp_path / "tags.csv"
    good.write_text("idTag;status;expiry\n04A2;Accepted;2027-01-01\n04A3;Perhaps;\n04A4;Blocked;\n", "utf-8")
    async with stage() as s:
        await s.press("4", "r")
        await s.sees("Read idTags from")
        path = s.app.screen.query_one("Input")
        path.value = str(tmp_path / "none.csv")
        await s.press("enter")
        await s.sees("There is no file")
        path.value = str(good)
        await s.press("enter")
        await s.sees("line 3")
        assert [tag.token for tag in s.engine.fleet.id_tags.all()] == ["04A2", "04A4"]
        await s.press("escape", "x")
        await s.sees("Write the idTags")
        s.app.screen.query_one("Input").value = str(tmp_path / "out.csv")
        await s.press("enter")
        await s.said("2 idTags written")
    assert "04A2" in (tmp_path / "out.csv").read_text("utf-8-sig")


async def test_the_filter_looks_at_everything_that_is_shown() -> None:
    async with stage() as s:
        s.engine.put_tag(IdTag("04A2", note="Workshop"))
        s.engine.put_tag(IdTag("04A3", status="Blocked"))
        await s.press("4", "slash", *"block")
        screen = await s.sees("/block")
        assert "04A3" in screen
        assert "04A2" not in screen


async def test_start_uses_the_station_where_the_tag_was_swiped() -> None:
    async with stage() as s:
        await s.charger("AC-01")
        charger = await s.charger("AC-07")
        await charger.call("Authorize", {"idTag": "7C11A0EE"})
        await s.press("4")
        await s.sees("7C11A0EE")
        await s.press("S")
        screen = await s.sees("→ AC-07")
        assert '"idTag": "7C11A0EE"' in screen


async def test_a_tag_whose_date_has_passed_is_shown_as_what_it_is_answered() -> None:
    async with stage((120, 30)) as s:
        s.engine.put_tag(IdTag("04A2", expiry="2020-01-31"))
        s.engine.put_tag(IdTag("04A3", expiry="2999-01-31"))
        await s.press("4")
        screen = await s.sees("04A3")
        assert "✗ Expired" in next(line for line in screen.splitlines() if "04A2" in line)
        assert "✓ Accepted" in next(line for line in screen.splitlines() if "04A3" in line)


async def test_a_tag_that_is_in_the_list_is_not_added_again() -> None:
    async with stage((80, 24)) as s:
        s.engine.put_tag(IdTag("04A2B1", note="Workshop"))
        await s.press("4", "a", *"04a2b1", "f10")
        await s.sees("04A2B1 is in the list; e changes it")
        await s.press("escape")
        assert [tag.note for tag in s.engine.fleet.id_tags.all()] == ["Workshop"]


async def test_a_tag_is_not_renamed_over_another_one() -> None:
    async with stage((80, 24)) as s:
        s.engine.put_tag(IdTag("A1"))
        s.engine.put_tag(IdTag("B2", note="Workshop"))
        await s.press("4", "e", "shift+tab", "end", "backspace", "backspace", *"b2", "f10")
        await s.sees("B2 is in the list; e changes it")
        await s.press("escape")
        assert [tag.token for tag in s.engine.fleet.id_tags.all()] == ["A1", "B2"]


async def test_the_unknown_tag_under_the_cursor_is_accepted_with_its_type() -> None:
    async with stage((80, 24), policy="known") as s:
        charger = await s.charger("DC-01", "2.0.1")
        for token, kind in (("AA11", "Central"), ("BB22", "ISO14443")):
            await charger.call("Authorize", {"idToken": {"idToken": token, "type": kind}})
        await s.press("4")
        screen = await s.sees("AA11")
        assert "i accepts" in line_of(screen, "BB22")
        assert "i accepts" not in line_of(screen, "AA11")
        await s.press("down")
        screen = await s.shown()
        assert "i accepts" in line_of(screen, "AA11")
        assert "i accepts" not in line_of(screen, "BB22")
        await s.press("i")
        accepted = s.engine.fleet.id_tags.get("AA11")
        assert accepted is not None
        assert (accepted.status, accepted.type) == ("Accepted", "Central")
        assert s.engine.fleet.id_tags.get("BB22") is None


async def test_an_unknown_tag_can_be_dismissed() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await charger.call("Authorize", {"idTag": "7C11A0EE"})
        await s.press("4")
        await s.sees("7C11A0EE")
        await s.press("d")
        await s.sees("Dismiss the unknown tag 7C11A0EE?")
        await s.press("y")
        await s.sees("No idTags yet")


async def test_reading_a_file_tells_new_tags_from_replaced_ones(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("idTag,status\n04A2,Blocked\n04A3,Accepted\n04A4,\n", "utf-8")
    async with stage() as s:
        s.engine.put_tag(IdTag("04a2"))
        await s.press("4", "r")
        await s.sees("Read idTags from")
        s.app.screen.query_one("Input").value = str(file)
        await s.press("enter")
        await s.said("2 new, 1 replaced")


async def test_what_was_left_out_is_told_with_one_button(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("idTag,status\n04A2,Perhaps\n", "utf-8")
    async with stage() as s:
        await s.press("4", "r")
        await s.sees("Read idTags from")
        s.app.screen.query_one("Input").value = str(file)
        await s.press("enter")
        await s.sees("lines left out: 1")
        assert len(s.app.screen.query("Button")) == 1
        await s.press("enter")
        assert len(s.app.screen_stack) == 1


async def test_the_form_shows_how_a_date_is_spelled() -> None:
    async with stage((80, 24)) as s:
        await s.press("4", "a")
        await s.sees("like 2027-01-31")


def line_of(screen: str, part: str) -> str:
    return next(line for line in screen.splitlines() if part in line)
