"""What screens do in several calls, by HTTP: configurations, saved commands, limits, reservations; none is missing."""

import ast
from pathlib import Path

import ocpp_console.api
import ocpp_console.procedures

KEYS = [
    {"key": "HeartbeatInterval", "readonly": False, "value": "60"},
    {"key": "NumberOfConnectors", "readonly": True, "value": "2"},
    {"key": "AuthorizationKey", "readonly": False, "value": "0123456789abcdef"},
]
TEMPLATE = '[keys]\nHeartbeatInterval = "300"\nNumberOfConnectors = "3"\n'


def test_every_procedure_has_an_endpoint():
    """A coroutine that a procedure module offers is awaited somewhere in the API."""
    offered = {
        (file.stem, node.name)
        for file in Path(ocpp_console.procedures.__file__).parent.glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and any(arg.annotation and ast.unparse(arg.annotation) == "StationLink" for arg in node.args.args)
    } - {("link", "ask")}
    used = set()
    for file in Path(ocpp_console.api.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        modules, names = _imported(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Await) or not isinstance(node.value, ast.Call):
                continue
            called = node.value.func
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                used.add((modules.get(called.value.id, ""), called.attr))
            elif isinstance(called, ast.Name):
                used.add(names.get(called.id, ("", "")))
    assert len(offered) > 8
    assert offered <= used, f"no endpoint runs {sorted(offered - used)}"


def _imported(tree: ast.Module) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Modules of procedures, and names out of them, by what a file calls them."""
    modules, names = {}, {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for each in node.names:
            if node.module == "ocpp_console.procedures":
                modules[each.asname or each.name] = each.name
            elif node.module.startswith("ocpp_console.procedures."):
                names[each.asname or each.name] = (node.module.rpartition(".")[2], each.name)
    return modules, names


async def test_a_template_is_planned_applied_and_undone(api):
    charger = await api.charger("CP1")
    charger.answers |= {"GetConfiguration": {"configurationKey": KEYS}, "ChangeConfiguration": {"status": "Accepted"}}
    at = "/api/stations/CP1"
    await api.asked("POST", f"{at}/variables/read", json={})
    plan = await api.asked("POST", f"{at}/configuration/plan", json={"template": TEMPLATE})
    steps = {each["setting"]: each for each in plan["steps"]}
    assert (steps["HeartbeatInterval"]["verdict"], steps["HeartbeatInterval"]["old"]) == ("change", "60")
    assert (steps["NumberOfConnectors"]["write"], steps["NumberOfConnectors"]["forcible"]) == (False, True)
    assert "ChangeConfiguration" not in [action for action, _ in charger.asked]
    came = await api.asked("POST", f"{at}/configuration/apply", json={"template": TEMPLATE})
    assert [(each["setting"], each["outcome"]) for each in came["results"]] == [
        ("HeartbeatInterval", "reads back otherwise")
    ]
    assert ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}) in charger.asked
    charger.answers["GetConfiguration"] = {"configurationKey": [{**KEYS[0], "value": "300"}, *KEYS[1:]]}
    await api.asked("POST", f"{at}/variables/read", json={})
    back = await api.asked("POST", f"{at}/configuration/plan", json={"undo": True})
    assert [(each["setting"], each["new"]) for each in back["steps"] if each["write"]] == [("HeartbeatInterval", "60")]
    force = {"template": TEMPLATE, "force": ["NumberOfConnectors"], "leave_out": ["HeartbeatInterval"]}
    plan = await api.asked("POST", f"{at}/configuration/plan", json=force)
    assert [each["setting"] for each in plan["steps"] if each["write"]] == ["NumberOfConnectors"]


async def test_a_plan_says_what_is_wrong_with_it(api):
    await api.charger("CP1")
    at = "/api/stations/CP1/configuration/plan"
    assert "one of template, kept and undo" in await api.refused("POST", at, 422, json={})
    assert "no settings" in await api.refused("POST", at, 422, json={"template": "a = 1"})
    assert "undone" in await api.refused("POST", at, 409, json={"undo": True})
    assert "is kept from 5" in await api.refused("POST", at, 404, json={"kept": {"at_us": 5}})


async def test_kept_configurations_are_listed_compared_and_dropped(api):
    charger = await api.charger("CP1")
    charger.answers["GetConfiguration"] = {"configurationKey": KEYS}
    at = "/api/stations/CP1"
    kept = await api.asked("POST", f"{at}/configuration/snapshot", json={"label": "as delivered"})
    [entry] = [each for each in await api.asked("GET", f"{at}/configurations") if each["label"] == "as delivered"]
    assert (entry["at_us"], entry["automatic"]) == (kept["at_us"], False)
    assert entry in await api.asked("GET", "/api/configurations")
    one = await api.asked("GET", f"{at}/configurations/{kept['at_us']}")
    assert {each["variable"]: each["value"] for each in one["settings"]} == {
        "HeartbeatInterval": "60",
        "NumberOfConnectors": "2",
        "AuthorizationKey": None,
    }
    charger.answers["GetConfiguration"] = {"configurationKey": [{**KEYS[0], "value": "300"}, *KEYS[1:]]}
    await api.asked("POST", f"{at}/variables/read", json={})
    found = await api.asked("GET", f"{at}/configurations/{kept['at_us']}/differences")
    assert [(d["setting"], d["left"]["value"], d["right"]["value"]) for d in found["differences"]] == [
        ("HeartbeatInterval", "60", "300")
    ]
    toml = await api.http.get(f"{at}/configurations/now?format=toml")
    assert 'HeartbeatInterval = "300"' in toml.text
    assert "AuthorizationKey" not in toml.text
    await api.asked("DELETE", f"{at}/configurations/{kept['at_us']}", 204)
    assert "is kept from" in await api.refused("GET", f"{at}/configurations/{kept['at_us']}", 404)


async def test_saved_commands_are_kept_filled_in_and_sent(api):
    charger = await api.charger("CP1")
    charger.answers["RemoteStartTransaction"] = {"status": "Accepted"}
    body = {"version": "1.6", "action": "RemoteStartTransaction", "payload": {"connectorId": 2, "idTag": "{idTag}"}}
    kept = await api.asked("PUT", "/api/saved-commands/Bay 2", 201, json=body)
    assert kept["placeholders"] == ["idTag"]
    assert "idTag" in await api.refused("POST", "/api/stations/CP1/saved-commands/bay 2", 422)
    came = await api.asked("POST", "/api/stations/CP1/saved-commands/bay 2", json={"idTag": "04A1"})
    assert (came["status"], charger.asked[-1][1]) == ("result", {"connectorId": 2, "idTag": "04A1"})
    assert "no command" in await api.refused("PUT", "/api/saved-commands/x", 422, json={**body, "version": "2.1"})
    secret = {"version": "1.6", "action": "ChangeConfiguration", "payload": {"key": "AuthorizationKey", "value": "s3c"}}
    assert (await api.asked("PUT", "/api/saved-commands/Key", 201, json=secret))["payload"]["value"] == "{secret}"
    toml = (await api.http.get("/api/saved-commands?format=toml")).text
    await api.asked("DELETE", "/api/saved-commands/bay 2", 204)
    await api.refused("GET", "/api/saved-commands/Bay 2", 404)
    rows = await api.asked("POST", "/api/saved-commands/import", json={"toml": toml})
    assert [(row["name"], row["kept"]) for row in rows] == [("Bay 2", True), ("Key", True)]
    assert [each["name"] for each in await api.asked("GET", "/api/saved-commands")] == ["Bay 2", "Key"]


async def test_a_profile_is_built_and_known_afterwards(api):
    charger = await api.charger("CP1")
    charger.answers |= {"SetChargingProfile": {"status": "Accepted"}, "GetCompositeSchedule": {"status": "Rejected"}}
    body = {"place": 1, "periods": "0 16; 30m 10", "purpose": "TxDefaultProfile", "level": 3}
    came = await api.asked("POST", "/api/stations/CP1/charging/profile", json=body)
    assert came["done"], came
    sent = charger.asked[0][1]["csChargingProfiles"]
    assert [each["limit"] for each in sent["chargingSchedule"]["chargingSchedulePeriod"]] == [16, 10]
    [known] = (await api.asked("GET", "/api/stations/CP1/charging"))["profiles"]
    assert (known["id"], known["place"], known["profile"]["stackLevel"]) == (came["id"], 1, 3)
    at = "/api/stations/CP1/charging/profile"
    assert "no purpose" in await api.refused("POST", at, 422, json={**body, "purpose": "LocalGeneration"})
    assert "is no period" in await api.refused("POST", at, 422, json={**body, "periods": "much"})


async def test_reservations_and_local_lists_are_told(api):
    charger = await api.charger("CP1")
    charger.answers |= {"ReserveNow": {"status": "Accepted"}, "CancelReservation": {"status": "Accepted"}}
    wish = {"place": 1, "token": "04A1", "until": "2099-01-31T18:00:00Z"}
    made = await api.asked("POST", "/api/stations/CP1/reservations/make", json=wish)
    [known] = await api.asked("GET", "/api/stations/CP1/reservations")
    assert (known["id"], known["state"], known["expiry"]) == (made["id"], "reserved", wish["until"])
    await api.asked("POST", "/api/stations/CP1/reservations/cancel", json={"id": made["id"]})
    assert [each["state"] for each in await api.asked("GET", "/api/reservations")] == ["cancelled"]
    await api.asked("PUT", "/api/id-tags/04A1", 201, json={})
    assert (await api.asked("GET", "/api/stations/CP1/local-list"))["to_add"] == ["04a1"]


async def test_a_frame_goes_out_exactly_as_it_is(api, until):
    charger = await api.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    frame = '[2, "mine" ,"Reset",{"type":"Soft"}]'
    came = await api.asked("POST", "/api/stations/CP1/frames", json={"frame": frame})
    assert (came["id"], came["status"]) == ("mine", "result")
    await api.asked("POST", "/api/stations/CP1/frames", 204, json={"frame": '[3,"nobody",{}]'})
