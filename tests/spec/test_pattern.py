"""Regular expressions as the engines get them: the same texts, and no second of waiting."""

import jsonschema_rs
import pytest

from troth.spec.pattern import UNREADABLE, readable

ANY = "[\\s\\S]"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"[\P{M}\p{M}]{1,256}", ANY + "{1,256}"),
        (r"^[\p{Lu}\P{Lu}]*$", f"^{ANY}*$"),
        (r"[\P{M}\p{M}][\P{M}\p{M}]+", f"{ANY}{ANY}+"),
    ],
)
def test_a_property_and_its_opposite_are_every_character(written, read):
    assert readable({"pattern": written}) == {"pattern": read}
    before, after = (jsonschema_rs.validator_for({"pattern": each}) for each in (written, read))
    for text in ("", "a", "é\u0301", "\n", "a\u0301\u2028", "\U0001f600" * 300):
        assert before.is_valid(text) is after.is_valid(text)


@pytest.mark.parametrize(
    "written", [r"\[\P{M}\p{M}]", r"[\P{M}\p{L}]", r"[^\P{M}\p{M}]", r"[\p{M}\p{M}]", r"[a-z]+"]
)
def test_what_is_not_every_character_stays(written):
    schema = {"pattern": written}
    assert readable(schema) is schema


def test_what_no_engine_reads_is_left_out_and_kept_aside():
    assert readable({"pattern": "[\\P{Nope}\\p{Nope}]"}) == {UNREADABLE: "[\\P{Nope}\\p{Nope}]"}
