"""IdTags, sessions, the log and its findings, procedures and figures by HTTP."""

NOW = "2026-11-20T14:03:21Z"


async def test_tags_are_put_read_and_deleted_one_by_one_and_all_at_once(api):
    put = await api.asked(
        "PUT", "/api/id-tags/7C11A0EE9B", 201, json={"note": "Ann", "master_pass": "M", "language": "de"}
    )
    assert (put["token"], put["status"], put["note"], put["last_used"]) == ("7C11A0EE9B", "Accepted", "Ann", None)
    blocked = await api.asked("PUT", "/api/id-tags/7c11a0ee9b", json={"status": "Blocked"})
    assert blocked["status"] == "Blocked"
    many = [{"token": "A"}, {"token": "7C11A0EE9B", "expiry": "2027-01-31"}]
    assert await api.asked("PUT", "/api/id-tags", json=many) == {"new": 1, "replaced": 1}
    assert "expiry" in await api.refused(
        "PUT", "/api/id-tags", 422, json=[{"token": "B"}, {"token": "C", "expiry": "x"}]
    )
    assert [tag["token"] for tag in await api.asked("GET", "/api/id-tags")] == ["7C11A0EE9B", "A"]
    assert "7C11A0EE9B" in (await api.http.get("/api/id-tags?format=csv")).text
    await api.asked("DELETE", "/api/id-tags/A", 204)
    assert "not in the list" in await api.refused("GET", "/api/id-tags/A", 404)
    assert await api.asked("PUT", "/api/id-tag-policy", json={"policy": "known"}) == {"policy": "known"}
    charger = await api.charger("CP1")
    assert (await charger.call("Authorize", {"idTag": "A"}))["idTagInfo"]["status"] == "Invalid"


async def test_sessions_messages_and_findings_are_told(api):
    charger = await api.charger("CP1")
    await charger.start(1, "TAG")
    await charger.call("Heartbeat", {"extra": 1})
    [session] = (await api.asked("GET", "/api/transactions?running=true&station=CP1&tag=tag"))["transactions"]
    assert (session["id_tag"], session["running"], session["stopped_at"]) == ("TAG", True, None)
    page = await api.asked("GET", "/api/messages", params={"filter": "~s CP1 & ~a Heartbeat"})
    assert [(row["action"], row["payload"]) for row in page["messages"]] == [("Heartbeat", {"extra": 1})]
    assert "not understood" in await api.refused("GET", "/api/messages", 422, params={"filter": "~nonsense x"})
    assert (await api.asked("GET", f"/api/stations/CP1/transactions/{session['id']}"))["id_tag"] == "TAG"
    found = (await api.asked("GET", "/api/findings/messages"))["findings"]
    assert [(each["action"], each["path"]) for each in found] == [("Heartbeat", "extra")]


async def test_the_log_is_read_page_by_page(api):
    charger = await api.charger("CP1")
    for _ in range(7):
        await charger.call("Heartbeat", {})
    seen: list[int] = []
    before = None
    while True:
        params = {"filter": "~a Heartbeat", "limit": 3} | ({"before": before} if before else {})
        page = await api.asked("GET", "/api/messages", params=params)
        seen = [row["seq"] for row in page["messages"]] + seen
        before = page["next"]
        if before is None:
            break
    assert len(seen) == 7
    assert seen == sorted(seen)


async def test_sessions_are_read_page_by_page_while_others_begin(api):
    charger = await api.charger("CP1")
    begun = [str(await charger.start(connector, f"T{connector}")) for connector in range(1, 6)]
    seen: list[str] = []
    page = await api.asked("GET", "/api/transactions", params={"limit": 2})
    while True:
        seen += [session["id"] for session in page["transactions"]]
        if page["next"] is None:
            break
        await charger.start(9, "late")
        page = await api.asked("GET", "/api/transactions", params={"limit": 2, "before": page["next"]})
    assert seen == begun[::-1]
    assert "next" in await api.refused("GET", "/api/transactions?before=x", 422)


async def test_findings_are_counted_acknowledged_and_hidden(api):
    one, other = await api.charger("CP1"), await api.charger("CP2")
    for charger in (one, one, other):
        await charger.call("Heartbeat", {"extra": 1})
    first = await api.asked("GET", "/api/findings?limit=1&severity=warning")
    [found] = first["findings"]
    assert (found["station"], found["code"], found["count"], found["new"]) == ("CP1", "SCHEMA_EXTRA", 2, 2)
    assert found["newest"][0]["path"] == "extra"
    assert found["title"]
    rest = await api.asked("GET", "/api/findings", params={"severity": "warning", "after": first["next"]})
    assert [each["station"] for each in rest["findings"]] == ["CP2"]
    assert (first["waiting"], rest["next"]) == (3, None)
    body = {"station": "CP1", "code": "SCHEMA_EXTRA"}
    assert await api.asked("POST", "/api/findings/acknowledge", json=body) == {"acknowledged": 1, "waiting": 1}
    assert [
        each["station"] for each in (await api.asked("GET", "/api/findings?new=true&severity=warning"))["findings"]
    ] == ["CP2"]
    await api.asked("PUT", "/api/findings/hidden/SCHEMA_EXTRA", 204)
    assert (await api.asked("GET", "/api/findings?severity=warning"))["findings"] == []
    await api.asked("DELETE", "/api/findings/hidden/SCHEMA_EXTRA", 204)
    assert len((await api.asked("GET", "/api/findings?severity=warning"))["findings"]) == 2
    assert "found" in await api.refused("POST", "/api/findings/acknowledge", 404, json={"code": "NO_SUCH"})


async def test_keys_are_read_and_written_in_parts_and_merged_in_order(api):
    charger = await api.charger("CP1")
    await api.asked("PATCH", "/api/stations/CP1", json={"limits": {"GetConfiguration": 2}})
    charger.answers["GetConfiguration"] = {
        "configurationKey": [
            {"key": "B", "readonly": False, "value": "2"},
            {"key": "A", "readonly": True, "value": "1"},
            {"key": "C", "readonly": False, "value": "3"},
        ]
    }
    body = {"variables": [{"variable": name} for name in "ABC"]}
    told = await api.asked("POST", "/api/stations/CP1/variables/get", json=body)
    assert [each["value"] for each in told["results"]] == ["1", "2", "3"]
    assert [payload["key"] for _, payload in charger.asked] == [["A", "B"], ["C"]]
    charger.answers["GetConfiguration"] |= {"unknownKey": ["X"]}
    told = await api.asked("POST", "/api/stations/CP1/variables/get", json={"variables": [{"variable": "X"}]})
    assert "does not know this key" in told["results"][0]["text"]
    charger.answers["ChangeConfiguration"] = {"status": "Accepted"}
    body = {"variables": [{"variable": "B", "value": "2"}]}
    came = await api.asked("POST", "/api/stations/CP1/variables/set", json=body)
    assert came["results"][0]["outcome"] == "set and read back"
    kept = await api.asked("POST", "/api/stations/CP1/configuration/snapshot", json={"label": "before"})
    assert (kept["done"], kept["settings"]) == (True, 3)
    assert len(await api.asked("GET", "/api/stations/CP1/configuration")) == 3


async def test_variables_of_2_0_1_are_read_as_the_limits_demand(api):
    charger = await api.charger("CP2", "2.0.1")
    await api.asked("PATCH", "/api/stations/CP2", json={"limits": {"GetVariables": 1}})
    ref = {"component": "OCPPCommCtrlr", "variable": "HeartbeatInterval"}
    wire = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    charger.answers["GetVariables"] = {
        "getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": "60", **wire}]
    }
    body = {"variables": [ref, ref]}
    told = await api.asked("POST", "/api/stations/CP2/variables/get", json=body)
    assert [each["value"] for each in told["results"]] == ["60", "60"]
    assert len(charger.asked) == 2


async def test_a_local_list_is_brought_in_step_and_a_line_closed(api, until):
    charger = await api.charger("CP1")
    await api.asked("PUT", "/api/id-tags/A", 201, json={})
    charger.answers |= {"GetLocalListVersion": {"listVersion": 0}, "SendLocalList": {"status": "Accepted"}}
    came = await api.asked("POST", "/api/stations/CP1/local-list/sync", json={"mode": "full"})
    assert "says version 0 instead of 1" in came["text"]
    assert charger.asked[1][1]["localAuthorizationList"][0]["idTag"] == "A"
    charger.answers["ReserveNow"] = {"status": "Occupied"}
    wish = {"place": 1, "token": "A", "until": NOW}
    assert not (await api.asked("POST", "/api/stations/CP1/reservations/make", json=wish))["done"]
    await api.asked("POST", "/api/stations/CP1/disconnect", 204)
    await until(lambda: not api.engine.fleet.stations["CP1"].online)
    assert "not connected" in await api.refused("POST", "/api/stations/CP1/disconnect", 409)


async def test_figures_are_told_as_prometheus_reads_them(api):
    charger = await api.charger("CP1")
    await charger.call("Heartbeat", {})
    text = (await api.http.get("/metrics")).text
    assert 'ocpp_console_stations{state="online"} 1' in text
    assert 'ocpp_console_frames_total{direction="in"} 2' in text
    assert 'ocpp_console_answer_seconds_count{by="console"} 2' in text
    assert "ocpp_console_store_lost_total 0" in text
    assert "ocpp_console_broker_up" in text
    again = (await api.http.get("/metrics")).text
    assert 'ocpp_console_answer_seconds_count{by="console"} 2' in again


async def test_a_report_is_asked_for_in_as_many_messages_as_the_limit_demands(api):
    charger = await api.charger("CP2", "2.0.1")
    await api.asked("PATCH", "/api/stations/CP2", json={"limits": {"GetReport": 2}})
    charger.answers["GetReport"] = {"status": "EmptyResultSet"}
    components = [{"component": {"name": name}} for name in ("A", "B", "C")]
    body = {"componentVariable": components}
    told = await api.asked("POST", "/api/stations/CP2/variables/report", json=body)
    assert told["done"] is False
    assert [payload["componentVariable"] for _, payload in charger.asked] == [components[:2], components[2:]]
