"""Topic templates: rendering, filters, reading back; identities as levels of a topic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocpp_console.mqtt.topics import LONGEST, BadTemplate, Template, encoded, identity_in, shared, topics_of


def test_the_defaults_are_those_of_the_gateway() -> None:
    topics = topics_of()
    assert [one.filter for one in topics.calls] == ["ocpp/cp/+"]
    assert [one.filter for one in topics.replies] == ["ocpp/cp/+/Reply"]
    assert topics.down.filter == "ocpp/cs/+"
    assert topics.down.render("CP1") == "ocpp/cs/CP1"
    assert topics.calls[0].read("ocpp/cp/CP1") == {"cid": "CP1"}
    assert topics.calls[0].read("ocpp/cp/CP1/Reply") is None
    assert topics.replies[0].read("ocpp/cp/CP1/Reply") == {"cid": "CP1"}


def test_templates_of_the_old_plugin_and_of_a_mountpoint_with_placeholders() -> None:
    up = Template("cp/${clientid}/${action}", "site-${zone}/")
    assert up.filter == "+/cp/+/+"
    assert up.read("site-a/cp/CP 1/Heartbeat") == {"zone": "a", "cid": "CP 1", "action": "Heartbeat"}
    down = Template("cs/${cid}/+/+", "ocpp/")
    assert down.filter == "ocpp/cs/+/+/+"
    assert down.render("CP1", type=3) == "ocpp/cs/CP1/3/3"
    assert Template("cp/${cid}/${type}/${id}").render("CP1", id="a/b") == "cp/CP1/2/a%2Fb"
    assert Template("cp/${cid}/${action}").render("CP1") == "cp/CP1/undefined"


def test_a_filter_of_many_levels() -> None:
    template = Template("up/${cid}/#")
    assert template.filter == "up/+/#"
    assert template.read("up/CP1/a/b") == {"cid": "CP1"}
    assert template.read("up/CP1") == {"cid": "CP1"}
    assert template.read("down/CP1/a") is None


def test_a_placeholder_inside_a_level_and_one_that_comes_twice() -> None:
    assert Template("x/cp-${cid}").read("x/cp-7") == {"cid": "7"}
    assert Template("x/cp-${cid}").read("x/ch-7") is None
    assert Template("${cid}/a/${clientid}").read("1/a/1") == {"cid": "1"}
    assert Template("${cid}/a/${clientid}").read("1/a/2") is None


@pytest.mark.parametrize("text", ["cp/x", "cp/${cid}/${nonsense}", "cp/${cid}#", "#/${cid}", "a+/${cid}", "${cid}\0"])
def test_a_template_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        Template(text)


def test_a_shared_filter() -> None:
    assert shared("consoles", "ocpp/cp/+") == "$share/consoles/ocpp/cp/+"


def test_identities_are_encoded_and_those_of_emqx_stand_as_they_are() -> None:
    assert encoded("DE*ABC/1 ü") == "DE%2AABC%2F1%20%C3%BC"
    assert identity_in("DE%2AABC%2F1%20%C3%BC") == "DE*ABC/1 ü"
    assert identity_in("DE*ABC") == "DE*ABC"
    assert identity_in("50%") == "50%"
    assert identity_in("a%41") == "a%41"  # an encoder of ours would have written aA
    assert identity_in("%FF") == "%FF"


@given(st.text(min_size=1, max_size=255), st.text(min_size=1, max_size=255))
def test_an_encoded_identity_is_one_level_of_a_topic_and_its_own(one: str, other: str) -> None:
    assume(one != other)
    level = encoded(one)
    assert level != encoded(other)
    assert len(level) <= LONGEST
    assert not set(level) & set("/+#$\0 ")
    if len(level) < LONGEST and "~" not in level:
        assert one.encode("utf-8", "surrogatepass").decode("utf-8", "replace") != one or identity_in(level) == one


@given(st.text(st.characters(exclude_characters="/+#\0", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_rendered_topic_reads_back(cid: str) -> None:
    template = Template("cp/${cid}/Reply", "ocpp/")
    assert template.read(template.render(cid)) == {"cid": cid}
