"""How lists are cut into pages is read off parameters and answers, or told."""

import json

import pytest

from troth.config.operations import OperationSection, PagesSection
from troth.errors import UsageError
from troth.exchange import Response
from troth.spec.families import collections, families
from troth.spec.load import load
from troth.spec.paging import UNKNOWN, Way, paging
from troth.transport.links import next_link

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def pages(tmp_path, queries, members=(), told=None, *, bare=False):
    """What is inferred of a list with these query parameters and members of its answer."""
    rows = {"type": "array", "items": {"type": "object", "properties": {"id": TEXT}}}
    whole = {"type": "object", "properties": {"items": rows, **dict(members)}}
    answer = {"content": {"application/json": {"schema": rows if bare else whole}}}
    operation = {
        "operationId": "list",
        "parameters": [
            {"name": name, "in": "query", "schema": schema} for name, schema in queries.items()
        ],
        "responses": {"200": {"description": "Them.", **answer}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"get": operation}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    spec = load(str(path))
    (one,) = collections(spec, families(spec))
    return paging(spec, one.listing, OperationSection(pages=told))


def test_rows_left_out(tmp_path):
    found = pages(tmp_path, {"limit": {**NUMBER, "minimum": 1, "maximum": 50}, "offset": NUMBER})
    assert found.known == (Way("offset", "offset"),)
    assert (found.limit, found.least, found.most) == ("limit", 1, 50)
    assert found.names == {"limit", "offset"}


@pytest.mark.parametrize(
    ("schema", "first"),
    [({"default": 0}, 0), ({"default": 1}, 1), ({"minimum": 1}, 1), ({}, UNKNOWN)],
)
def test_numbered_pages(tmp_path, schema, first):
    found = pages(tmp_path, {"pageSize": NUMBER, "page": {**NUMBER, **schema}})
    assert found.known == (Way("page", "page", first=first),)
    assert found.limit == "pageSize"


@pytest.mark.parametrize(
    ("parameter", "members", "way"),
    [
        ("cursor", {"next_cursor": TEXT}, Way("cursor", "cursor", next="/next_cursor")),
        (
            "after",
            {"meta": {"type": "object", "properties": {"next": TEXT}}},
            Way("cursor", "after", next="/meta/next"),
        ),
        ("pageToken", {"nextPageToken": TEXT}, Way("cursor", "pageToken", next="/nextPageToken")),
        (
            "after",
            {
                "pageInfo": {
                    "type": "object",
                    "properties": {"endCursor": TEXT, "hasNextPage": {"type": "boolean"}},
                }
            },
            Way("cursor", "after", next="/pageInfo/endCursor", more="/pageInfo/hasNextPage"),
        ),
        (
            "starting_after",
            {"has_more": {"type": "boolean"}},
            Way("cursor", "starting_after", more="/has_more"),
        ),
    ],
)
def test_cursors(tmp_path, parameter, members, way):
    assert pages(tmp_path, {parameter: TEXT}, members).known == (way,)


def test_a_date_that_is_called_after_is_no_cursor(tmp_path):
    assert pages(tmp_path, {"after": TEXT}, {"has_more": {"type": "boolean"}}).known == ()
    assert pages(tmp_path, {"after": TEXT}).known == ()


def test_a_bare_list_has_no_known_way(tmp_path):
    found = pages(tmp_path, {}, bare=True)
    assert (found.known, found.limit) == ((), "")


def test_what_is_told_comes_first(tmp_path):
    told = PagesSection(page="n", limit="k", first=0)
    found = pages(tmp_path, {"n": NUMBER, "k": NUMBER, "offset": NUMBER}, told=told)
    assert found.known == (Way("page", "n", first=0),)
    assert found.limit == "k"
    assert pages(tmp_path, {"offset": NUMBER}, told=False) is None


def test_what_is_told_must_be_there(tmp_path):
    with pytest.raises(UsageError, match=r"`ofset` in `offset` .*did you mean `offset`\?"):
        pages(tmp_path, {"offset": NUMBER}, told=PagesSection(offset="ofset"))


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ('</things?page=2>; rel="next", </things?page=9>; rel="last"', "/things?page=2"),
        ('<https://x.test/t?a=1,2&b>; title="a, b"; rel="prev next"', "https://x.test/t?a=1,2&b"),
        ('</t>; rel="prev"', None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_links(value, target):
    assert next_link(Response(200, (("Link", value),), b"", 0.0)) == target
