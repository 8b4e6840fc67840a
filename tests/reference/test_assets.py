"""Assets are stored objects with a name; PNG images of them are shown small."""

import struct
import zlib
from io import BytesIO

from PIL import Image

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless
from tests.reference.test_storage import TEXT, S, announce, stored_object
from troth.reference.domain.thumbnails import thumbnail

A = "/api/v1/assets"


def png(width=300, height=150):
    out = BytesIO()
    Image.new("RGB", (width, height), (10, 200, 30)).save(out, "PNG")
    return out.getvalue()


def asset(live, data=None, who="alice", **changes):
    data = png() if data is None else data
    given = {"filename": "a.png", "content_type": "image/png"} | changes
    source = stored_object(live, data, who, **given)
    made = live.call(who, "POST", A, json={"object_id": source["id"], "name": "Chart"})
    assert made.status_code == 201, made.text
    return made.json()


def small(live, *ids, who="alice"):
    answer = live.call(who, "POST", f"{A}/thumbnail-urls", json={"asset_ids": list(ids)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_stored_object_becomes_an_asset(stored):
    data = png()
    made = asset(stored, data)
    assert made["kind"] == "image"
    path = f"{A}/{made['id']}"
    assert stored.call("carol", "GET", path).json() == made
    assert made in stored.call("carol", "GET", f"{A}?limit=100").json()["items"]
    leave = stored.call("carol", "GET", f"{path}/download-url").json()
    assert leave["method"] == "GET"
    assert stored.client.get(leave["download_url"]).content == data


def test_a_pending_object_is_none_yet_and_a_foreign_one_never(stored):
    pending = {"object_id": announce(stored)["object_id"], "name": "x"}
    assert_problem(stored.call("alice", "POST", A, json=pending), 409)
    for body in (pending, pending | {"object_id": UNKNOWN}):
        assert_problem(stored.call("bob", "POST", A, json=body), 404)
    assert_problem(stored.call("carol", "POST", A, json=pending), 403)


def test_thumbnails_are_made_of_images_and_everything_else_is_said(stored):
    wide, text = asset(stored), asset(stored, TEXT, content_type="text/plain")
    broken = asset(stored, png()[:40])
    foreign = asset(stored, who="bob")
    got = small(
        stored, wide["id"].upper(), text["id"], wide["id"], broken["id"], foreign["id"], UNKNOWN
    )
    assert got["missing"] == [foreign["id"], UNKNOWN]
    assert got["unsupported"] == [text["id"], broken["id"]]
    (item,) = got["items"]
    assert (item["asset_id"], item["width"], item["height"]) == (wide["id"], 96, 48)
    answer = stored.client.get(item["download_url"])
    assert answer.headers["content-type"] == "image/png"
    with Image.open(BytesIO(answer.content)) as image:
        assert image.size == (96, 48)
        assert image.getpixel((5, 5))[:3] == (10, 200, 30)


def test_a_few_bytes_that_announce_gigabytes_are_not_decoded():
    data = bytearray(png(4, 4))
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert thumbnail(bytes(data)) is None
    assert thumbnail(b"\x89PNG\r\n\x1a\n") is None
    assert thumbnail(png(0x800, 1)) is not None


def test_deleting_an_asset_leaves_its_object_and_deleting_that_takes_its_assets(stored):
    made = asset(stored)
    path, source = f"{A}/{made['id']}", f"{S}/objects/{made['object_id']}"
    assert_problem(stored.call("carol", "DELETE", path), 403)
    for _ in range(2):
        assert stored.call("alice", "DELETE", path).status_code == 204
    assert_problem(stored.call("alice", "GET", path), 404)
    assert stored.call("alice", "GET", f"{source}/download-url").status_code == 200
    again = {"object_id": made["object_id"], "name": "Again"}
    twin = stored.call("alice", "POST", A, json=again).json()
    assert small(stored, twin["id"])["items"]
    assert stored.call("alice", "DELETE", source).status_code == 204
    assert_problem(stored.call("alice", "GET", f"{A}/{twin['id']}"), 404)
    assert_problem(stored.call("alice", "POST", A, json=again), 404)
    assert small(stored, twin["id"])["missing"] == [twin["id"]]


def test_foreign_and_unknown_assets_cannot_be_told_apart(stored):
    made = asset(stored)
    for method, tail in (("GET", ""), ("GET", "/download-url"), ("DELETE", "")):
        foreign = stored.call("bob", method, f"{A}/{made['id']}{tail}")
        unknown = stored.call("bob", method, f"{A}/{UNKNOWN}{tail}")
        assert_problem(foreign, 404)
        assert faceless(foreign) == faceless(unknown)
    assert stored.call("alice", "GET", f"{A}/{made['id']}").json() == made


def test_each_seeded_owner_has_a_picture_of_their_own(stored):
    for who, filename in (("alice", "acme-logo.png"), ("bob", "globex-logo.png")):
        first = stored.call(who, "GET", A).json()["items"][0]
        url = small(stored, first["id"], who=who)["items"][0]["download_url"]
        assert filename in stored.client.get(url).headers["content-disposition"]
