"""What is held against one exchange beyond its status and schema: written by hand, no service."""

import json
from dataclasses import replace

import pytest

from troth.checks.conditional import entity_tags
from troth.checks.correlation import LONGEST, correlated, correlation_of, own_id
from troth.checks.formats import formats_hold, formats_of, told_apart
from troth.checks.limits import limit_headers, limits
from troth.checks.missing import without
from troth.exchange import Exchange, Request, Response
from troth.finding import Complaint
from troth.spec.load import load
from troth.spec.validity import Validity

DATE = {"type": "string", "format": "date-time"}
JSON = (("Content-Type", "application/json"),)


def spec(*operations, openapi="3.1.0"):
    paths = {
        f"/{place}": {"get": {"operationId": f"op{place}", "responses": each}}
        for place, each in enumerate(operations)
    }
    return load({"openapi": openapi, "info": {"title": "t", "version": "1"}, "paths": paths})


def answers(status="200", schema=None, headers=None):
    content = {} if schema is None else {"application/json": {"schema": schema}}
    return {status: {"description": "", "content": content, "headers": headers or {}}}


def named(*names, **more):
    return {name: {"schema": {"type": "string"}, **more} for name in names}


def exchange(status=200, body=None, headers=(), sent=(), started=""):
    data = b"" if body is None else json.dumps(body).encode()
    request = Request("GET", "http://t/0", tuple(sent))
    response = Response(status, (*JSON, *headers), data)
    return Exchange(1, "a", "GET /0", request, response, started=started)


class TestFormats:
    def roots(self, schema, body, *, openapi="3.1.0"):
        document = spec(answers(schema=schema), openapi=openapi)
        strict = Validity(document, formats=True)
        found = formats_hold(
            exchange(body=body), document.operations[0], Validity(document), strict
        )
        assert {each.property for each in found} <= {"FUZ117"}
        return [each.root for each in found]

    def test_formats_tell_alternatives_apart(self):
        address, blank = {"type": "string", "format": "email"}, {"type": "string", "maxLength": 0}
        document = spec(answers(schema={"oneOf": [address, blank]}))
        strict = Validity(document, formats=True, answers=True)
        several = "200 body at /: x is valid under more than one of the schemas listed"
        complaint = Complaint("FUZ102", "x", several)
        one, operation = exchange(body=""), document.operations[0]
        assert told_apart(complaint, one, operation, strict)
        assert not told_apart(replace(complaint, message="no"), one, operation, strict)

    def test_what_several_alternatives_take_is_told(self):
        document = spec(answers(schema={"oneOf": [{"type": "string"}, {"maxLength": 9}]}))
        several = Complaint("FUZ102", "x", "is valid under more than one of the schemas listed")
        strict = Validity(document, formats=True, answers=True)
        assert not told_apart(several, exchange(body="a"), document.operations[0], strict)

    def test_a_time_wants_a_zone(self):
        schema = {"type": "object", "properties": {"at": DATE}}
        assert self.roots(schema, {"at": "2026-01-31T12:00:00Z"}) == []
        assert self.roots(schema, {"at": "2026-01-31T12:00:00.5+01:00"}) == []
        assert self.roots(schema, {"at": "2026-01-31T12:00:00"}) == [
            "the date-time `at` has no zone"
        ]
        assert self.roots(schema, {"at": "2026-02-31T12:00:00Z"}) == ["the date-time `at` is none"]

    @pytest.mark.parametrize(
        ("name", "good", "bad"),
        [
            ("date", "2024-02-29", "2023-02-29"),
            ("uuid", "6F1B2C3D-0a4e-4b5f-8c6d-7e8f9a0b1c2d", "6f1b2c3d0a4e4b5f8c6d7e8f9a0b1c2d"),
            ("uri", "urn:isbn:1", "/relative"),
            ("uri", "https://bücher.example/ü?q={x}", "https://a b"),
            ("email", "ann+tag@example.test", "ann"),
            ("ipv4", "127.0.0.1", "127.0.0.256"),
            ("ipv6", "::1", "127.0.0.1"),
            ("hostname", "a_b.example.test", "a b"),
        ],
    )
    def test_each_format_has_what_it_takes_and_what_it_does_not(self, name, good, bad):
        schema = {"type": "array", "items": {"type": "string", "format": name}}
        assert self.roots(schema, [good]) == []
        assert self.roots(schema, [good, bad]) == [f"the {name} `the body` is none"]

    @pytest.mark.parametrize(
        ("name", "text"),
        [("time", "12:00:00"), ("duration", "PT0.5S"), ("regex", "("), ("of-our-own", "x")],
    )
    def test_what_is_in_doubt_is_no_finding(self, name, text):
        assert self.roots({"type": "string", "format": name}, text) == []

    def test_an_alternative_that_was_not_meant_is_no_finding(self):
        nothing = {"anyOf": [DATE, {"type": "null"}]}
        assert self.roots(nothing, None) == []
        assert self.roots(nothing, "2026-01-31") == ["the date-time `the body` is none"]
        either = {"oneOf": [DATE, {"type": "string", "format": "date"}]}
        assert self.roots(either, "2026-01-31") == []

    def test_openapi_3_0_and_its_nullable(self):
        schema = {
            "type": "object",
            "properties": {"id": {"type": "string", "format": "uuid", "nullable": True}},
        }
        assert self.roots(schema, {"id": None}, openapi="3.0.3") == []
        assert self.roots(schema, {"id": "7"}, openapi="3.0.3") == ["the uuid `id` is none"]

    def test_what_else_is_wrong_belongs_to_another(self):
        schema = {"type": "object", "required": ["b"], "properties": {"at": DATE}}
        assert self.roots(schema, {}) == []
        assert self.roots(schema, {"at": 7}) == []
        assert self.roots(schema, {"at": "x"}) == ["the date-time `at` is none"]

    def test_formats_are_found_in_lists_and_cycles(self):
        tree = {"type": "object", "properties": {"at": DATE}}
        tree["properties"]["below"] = {"type": "array", "items": {"$ref": "#/components/schemas/T"}}
        document = load(
            {
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {
                    "/0": {"get": {"responses": answers(schema={"$ref": "#/components/schemas/T"})}}
                },
                "components": {"schemas": {"T": tree}},
            }
        )
        assert formats_of(document, document.operations[0]) == {"date-time"}
        assert formats_of(spec(answers()), spec(answers()).operations[0]) == frozenset()


class TestCorrelation:
    def roots(self, document, said, *, told=None, operation=0):
        known = None if operation is None else document.operations[operation]
        correlation = correlation_of(document, told)
        found = correlated(said, known, correlation)
        assert {each.property for each in found} <= {"FUZ118"}
        return [each.root for each in found]

    def test_a_document_that_says_nothing_promises_nothing(self):
        document = spec(answers())
        assert correlation_of(document, None) is None
        assert self.roots(document, exchange()) == []

    def test_what_the_document_says_of_an_answer_is_owed_by_it(self):
        document = spec(answers(headers=named("X-Request-ID")) | answers("404"))
        has = (("x-request-id", "7"),)
        assert self.roots(document, exchange(headers=has)) == []
        assert self.roots(document, exchange()) == ["a 2xx has no x-request-id"]
        assert self.roots(document, exchange(404)) == [], "its 404 is described without"
        assert self.roots(document, exchange(500)) == ["a 5xx has no x-request-id"]
        assert self.roots(document, exchange(414)) == [], "the server's own"

    def test_what_need_not_be_there_is_not_owed(self):
        document = spec(answers(headers=named("X-Request-ID", required=False)))
        assert self.roots(document, exchange()) == []

    def test_unknown_routes_owe_it_where_all_operations_do(self):
        both = answers(headers=named("traceresponse"))
        assert self.roots(spec(both, both), exchange(404), operation=None)
        assert self.roots(spec(both, answers()), exchange(404), operation=None) == []
        assert self.roots(spec(both, answers()), exchange(404), operation=1) == []

    def test_the_target_file_has_the_last_word(self):
        document = spec(answers(headers=named("X-Request-ID")))
        assert self.roots(document, exchange(503), told="X-Trace") == ["a 5xx has no x-trace"]
        assert self.roots(document, exchange(404), told="X-Trace", operation=None)

    @pytest.mark.parametrize("sent", ['"><b>', "a%0d%0aX: 1", "a" * (LONGEST + 1)])
    def test_what_is_hostile_does_not_come_back(self, sent):
        document = spec(answers(headers=named("X-Request-ID")))
        back = exchange(headers=(("x-request-id", sent),), sent=(("X-Request-ID", sent),))
        other = exchange(headers=(("x-request-id", "b7"),), sent=(("X-Request-ID", sent),))
        assert len(self.roots(document, back)) == 1
        assert self.roots(document, other) == []

    def test_what_is_plain_may_come_back(self):
        document = spec(answers(headers=named("X-Request-ID")))
        same = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        back = exchange(headers=(("x-request-id", same),), sent=(("X-Request-ID", same),))
        assert self.roots(document, back) == []

    def test_whose_id_it_is(self):
        correlation = correlation_of(spec(answers(headers=named("X-Request-ID"))), None)
        has = ("x-request-id", "b7")
        assert own_id(exchange(headers=(has,)), correlation) == "b7"
        assert own_id(exchange(headers=(has,), sent=(has,)), correlation) is None
        assert own_id(exchange(headers=(has, ("Age", "3"))), correlation) is None
        again = exchange(headers=(has,), sent=(("Idempotency-Key", "k"),))
        assert own_id(again, correlation) is None, "the first answer, once more"
        assert own_id(exchange(), correlation) is None
        assert own_id(exchange(headers=(has,)), None) is None


class TestLimits:
    NAMES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

    def roots(self, headers, *, status=200, documented=None, required=True, started=""):
        promised = named(*(self.NAMES if documented is None else documented), required=required)
        document = spec(answers(str(status), headers=promised))
        said = exchange(status, headers=tuple(headers.items()), started=started)
        found = limit_headers(said, document.operations[0])
        assert {each.property for each in found} <= {"FUZ115"}
        return [each.root for each in found]

    def told(self, limit="10", remaining="9", reset="30"):
        return dict(zip(self.NAMES, (limit, remaining, reset), strict=True))

    def test_what_can_be_is_no_finding(self):
        assert self.roots(self.told()) == []
        assert self.roots(self.told(limit="10, 10;w=60")) == []
        assert self.roots(self.told(remaining="soon")) == []
        assert limits(exchange(headers=(("RateLimit-Limit", "5"),)).response).limit == 5

    def test_what_can_not_be_is(self):
        assert self.roots(self.told(remaining="11")) == [
            "more requests remain than the limit allows"
        ]
        assert self.roots(self.told(reset="-1")) == ["the limit is renewed at no sane time"]
        assert self.roots(self.told(reset="99999999")) == ["the limit is renewed at no sane time"]

    def test_a_reset_since_1970_is_compared_with_the_clock(self):
        began = "2026-01-31T12:00:00+00:00"
        assert self.roots(self.told(reset="1769860830"), started=began) == []
        assert self.roots(self.told(reset="1769860830000"), started=began) == []
        assert self.roots(self.told(reset="1700000000"), started=began) == [
            "the limit is renewed at no sane time"
        ]

    def test_only_what_is_required_is_missed(self):
        assert self.roots({}) == [
            f"a documented x-ratelimit-{each} is missing"
            for each in ("limit", "remaining", "reset")
        ]
        assert self.roots({}, required=False) == []

    def test_what_the_document_does_not_name_is_not_judged(self):
        assert self.roots(self.told(remaining="11"), documented=()) == []

    @pytest.mark.parametrize("status", [429, 503])
    def test_who_is_refused_hears_until_when(self, status):
        asked = {"status": status, "documented": ("Retry-After",)}
        assert self.roots({}, **asked) == [f"a {status} has no Retry-After"]
        assert self.roots({}, **asked | {"required": False}) == []
        assert self.roots({}, status=status, documented=()) == []
        for good in ("0", "120", "Sun, 06 Nov 1994 08:49:37 GMT"):
            assert self.roots({"Retry-After": good}, **asked) == []
        for bad in ("0.5", "soon", "-1", "2026-01-31T12:00:00Z", "Sun, 46 Nov 1994 08:49:37 GMT"):
            assert self.roots({"Retry-After": bad}, status=status, documented=()) == [
                "a Retry-After is neither seconds nor a date"
            ]

    def test_a_missing_header_has_one_owner(self):
        both = Complaint("FUZ102", "response headers ETag, X-Id are missing", "m")
        assert without(both, {"x-id"}).root == "response headers ETag are missing"
        assert without(both, {"x-id", "etag"}) is None
        other = Complaint("FUZ102", "2xx body violates X at /", "m")
        assert without(other, {"x-id"}) is other


class TestEntityTags:
    def roots(self, said):
        operation = spec(answers()).operations[0]
        return [each.root for each in entity_tags(said, operation)]

    @pytest.mark.parametrize("tag", ['"a"', 'W/"a"', '""', 'W/"a:/-b,c"'])
    def test_tags(self, tag):
        assert self.roots(exchange(headers=(("ETag", tag),))) == []

    @pytest.mark.parametrize("tag", ["a", "'a'", '"a', 'w/"a"', '"a b"'])
    def test_what_is_no_tag(self, tag):
        found = self.roots(exchange(headers=(("ETag", tag),)))
        assert found == ["an ETag is not quoted as RFC 9110 section 8.8.3 says"]

    def test_a_304_has_its_tag_and_nothing_else(self):
        asked = (("If-None-Match", '"a"'),)
        assert self.roots(exchange(304, headers=(("ETag", '"a"'),), sent=asked)) == []
        assert self.roots(exchange(304, sent=asked)) == ["a 304 has no ETag"]
        assert self.roots(exchange(304, sent=(("If-Modified-Since", "x"),))) == []
        assert self.roots(exchange(304, {}, headers=(("ETag", '"a"'),))) == ["a 304 has a body"]
