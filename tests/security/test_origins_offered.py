"""Foreign origins and look-alikes; what is held against answers that allow them."""

import pytest

from troth.checks.origin import Origins, cross_origin, preflight, unvaried
from troth.exchange import Exchange, Request, Response
from troth.strategies.origins import FOREIGN, kind_of, look_alikes, offered

OWN, APP = "http://127.0.0.1:8000", "https://app.acme.test"


def asked(origin, *, method="GET", status=200, more=(), **answered):
    headers = tuple((name.replace("_", "-"), value) for name, value in answered.items())
    request = Request(method, f"{OWN}/x", (("Origin", origin), *more))
    return Exchange(1, "alice", None, request, Response(status, headers, b"{}"))


def allowing(origin, *, credentials=True, **more):
    given = {"Access_Control_Allow_Origin": origin}
    given |= {"Access_Control_Allow_Credentials": "true"} if credentials else {}
    return asked(origin, **given, **more)


def test_look_alikes_are_what_others_can_have():
    assert {each.origin for each in look_alikes(APP)} == {
        "https://app.acme.test.troth-foreign.test",
        "https://app.acme.test@troth-foreign.test",
        "https://trothapp.acme.test",
        "https://appxacme.test",
        "http://app.acme.test",
        "https://app.acme.test:8443",
    }
    assert [each.kind for each in look_alikes("http://localhost:3000")] == [
        "it is only the beginning",
        "it stands for a user's name",
    ]
    assert [each.kind for each in offered((), OWN)][:2] == ["foreign", "null"]


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        (APP, None),
        (OWN, None),
        ("http://localhost:5173", None),
        ("null", "null"),
        (FOREIGN, "foreign"),
        ("https://trothapp.acme.test", "it is only the end"),
    ],
)
def test_the_kind_of_an_origin(origin, kind):
    assert kind_of(origin, (APP,), OWN) == ("null" if origin == "null" else kind)


def test_a_foreign_origin_with_credentials_is_held_against_a_service():
    for origins, severity in (
        (Origins(OWN, ambient=True), "high"),
        (Origins(OWN, (APP,)), "medium"),
        (Origins(OWN), "low"),
    ):
        (found,) = cross_origin(allowing(FOREIGN), origins)
        assert (found.root, found.severity) == ("any Origin is allowed with credentials", severity)


def test_without_credentials_it_is_what_a_star_says():
    assert cross_origin(allowing(FOREIGN, credentials=False), Origins(OWN, ambient=True)) == ()
    star = asked(FOREIGN, Access_Control_Allow_Origin="*", Access_Control_Allow_Credentials="true")
    assert cross_origin(star, Origins(OWN, ambient=True)) == ()


def test_a_look_alike_counts_without_credentials_where_there_is_a_list():
    like = allowing("https://trothapp.acme.test", credentials=False)
    origins = Origins(OWN, (APP,))
    assert cross_origin(like, origins) == ()
    origins.note(asked(FOREIGN))
    assert "it is only the end" in cross_origin(like, origins)[0].root


def test_who_allows_everybody_has_one_finding():
    origins = Origins(OWN, (APP,))
    every = []
    for each in offered((APP,), OWN):
        answer = allowing(each.origin)
        origins.note(answer)
        every += [found.root for found in cross_origin(answer, origins)]
    assert set(every) == {"any Origin is allowed with credentials"}


KEPT = {"Cache_Control": "public, max-age=60"}


def varies(*answers):
    """The roots of what is held against the last of them, once the others were seen."""
    origins = Origins(OWN, (APP,))
    for each in answers:
        origins.note(each)
    return [each.root for each in unvaried(answers[-1], origins)]


def test_an_answer_for_one_origin_that_caches_keep_varies():
    (said,) = varies(asked(FOREIGN, **KEPT), allowing(APP, **KEPT))
    assert said == "the answer depends on Origin, and Vary does not say so"
    (said,) = varies(allowing(FOREIGN, **KEPT), allowing(APP, **KEPT))
    assert said.endswith("Vary does not say so")
    assert varies(asked(FOREIGN, **KEPT), allowing(APP, **KEPT, Vary="Accept, Origin")) == []
    assert varies(asked(FOREIGN), allowing(APP)) == []
    assert varies(asked(FOREIGN, **KEPT), allowing(APP, Cache_Control="private, max-age=60")) == []
    # Nothing to compare with: somewhere else, or nothing was asked.
    assert varies(allowing(APP, **KEPT)) == []


@pytest.mark.parametrize("told", ["*", APP])
def test_an_origin_that_all_are_told_needs_no_vary(told):
    answers = [asked(each, Access_Control_Allow_Origin=told, **KEPT) for each in (FOREIGN, APP)]
    assert varies(*answers) == []


def granted(methods, headers, **more):
    wanted = (
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "authorization,if-match"),
    )
    given = {
        "Access_Control_Allow_Origin": APP,
        "Access_Control_Allow_Methods": methods,
        "Access_Control_Allow_Headers": headers,
    }
    return asked(APP, method="OPTIONS", more=wanted, **(given | more))


def missing(exchange, **more):
    return [each.root for each in preflight(exchange, Origins(OWN, (APP,), **more))]


def test_a_preflight_covers_method_and_headers():
    assert missing(granted("PATCH", "Authorization, If-Match")) == []
    assert missing(granted("*", "If-Match, authorization")) == []
    assert missing(granted("GET", "If-Match, Authorization")) == ["preflights do not allow PATCH"]
    assert missing(granted("PATCH", "*")) == ["preflights do not allow the header authorization"]
    with_cookies = {"Access_Control_Allow_Credentials": "true"}
    assert len(missing(granted("*", "*", **with_cookies))) == 3


def test_a_service_without_cors_is_not_judged():
    wanted = (("Access-Control-Request-Method", "PATCH"),)
    bare = asked(APP, method="OPTIONS", status=405, more=wanted)
    assert missing(bare) == []
    assert missing(bare, grants=True) == ["a preflight is not answered where others are"]
