"""The status page says what operators reported, in JSON and in RSS, and incidents end once."""

import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from tests.reference.test_envelope import UNKNOWN, assert_problem

S = "/api/v1/status"
REPORT = {"component": "billing", "severity": "major", "title": "No invoices", "message": "Sorry."}


def report(live, **changes):
    made = live.call("operator", "POST", f"{S}/incidents", json=REPORT | changes)
    assert made.status_code == 201
    shown = made.json()
    assert made.headers["location"] == f"{S}/incidents/{shown['id']}"
    assert live.client.get(made.headers["location"]).json() == shown
    return shown


def resolve(live, id_):
    return live.call("operator", "POST", f"{S}/incidents/{id_}/resolve")


def overview(live):
    shown = live.client.get(S).json()["overview"]
    return shown["state"], {each["key"]: each["state"] for each in shown["components"]}


def test_the_seed_has_an_open_incident(stored):
    listed = stored.client.get(f"{S}/incidents").json()["items"]
    assert listed[0]["state"] == "open"
    assert overview(stored)[1]["search"] == "degraded"


def test_a_component_is_as_bad_as_its_worst_open_incident(stored):
    worse = report(stored, severity="critical")
    lesser = report(stored, severity="minor")
    assert overview(stored) == ("major_outage", overview(stored)[1] | {"billing": "major_outage"})
    assert stored.client.get(S).json()["incidents"][:2] == [lesser, worse]
    done = resolve(stored, worse["id"].upper())
    assert done.json() == worse | {
        "state": "resolved",
        "resolved_at": done.json()["resolved_at"],
    }
    assert overview(stored)[1]["billing"] == "degraded"
    assert resolve(stored, lesser["id"]).status_code == 200
    assert overview(stored)[1]["billing"] == "operational"


def test_an_incident_is_resolved_once(stored):
    id_ = report(stored)["id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: resolve(stored, id_), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert_problem(resolve(stored, UNKNOWN), 404)


@pytest.mark.parametrize("who", ["alice", "carol", "bob"])
def test_only_operators_manage(stored, who):
    id_ = stored.client.get(f"{S}/incidents").json()["items"][0]["id"]
    for path in ("incidents", f"incidents/{id_}/resolve", f"incidents/{id_}/resend"):
        assert_problem(stored.call(who, "POST", f"{S}/{path}", json=REPORT), 403)
    assert_problem(stored.call(who, "GET", f"{S}/subscriptions"), 403)
    assert_problem(stored.call(who, "DELETE", f"{S}/subscriptions/{UNKNOWN}"), 403)
    assert_problem(stored.client.get(f"{S}/subscriptions"), 401)


NASTY = 'a<b> & "c" ]]> <!-- \ufffe \U0001f600 \u0085'


def test_the_feed_is_rss_whatever_is_in_it(stored):
    made = report(stored, title=NASTY, message=NASTY + "\u0001\u001b\t\n")
    feed = stored.client.get(f"{S}/rss")
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert stored.client.get(f"{S}.rss").content == feed.content
    rss = ET.fromstring(feed.content)
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    channel = rss.find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    item = channel.find("item")
    plain = NASTY.replace("\ufffe", "\ufffd")
    assert item.findtext("guid") == made["id"]
    assert item.findtext("title") == f"[open] {plain}"
    assert item.findtext("description") == plain + "\ufffd\ufffd\t\n"
    assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
    shown = stored.client.get(S).json()["incidents"]
    assert [each.findtext("guid") for each in channel.iter("item")] == [x["id"] for x in shown]
    resolve(stored, made["id"])
