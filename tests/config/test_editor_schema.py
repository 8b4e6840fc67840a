"""The JSON Schema for editors is the models', and what ships with troth conforms to it."""

import tomllib

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from troth.cli.schema import schema as command
from troth.config import schema
from troth.config.places import conf_dir

VALIDATOR = Draft202012Validator(schema.document())


def test_the_file_is_up_to_date():
    assert schema.place().read_text("utf-8") == schema.text(), "run python -m troth.config.schema"


def test_the_command_prints_it():
    assert CliRunner().invoke(command, []).output == schema.text()


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema.document())


def test_every_key_is_described():
    document = schema.document()
    tables = [document, *document["$defs"].values()]
    bare = [
        key
        for table in tables
        for key, each in table.get("properties", {}).items()
        if not each.get("description")
    ]
    assert not bare


def test_the_embedded_target_conforms():
    VALIDATOR.validate(tomllib.loads((conf_dir() / "target.toml").read_text("utf-8")))


@pytest.mark.parametrize(
    ("table", "sound"),
    [
        ({"target": {"base-url": "http://x", "logs": "stdout"}}, True),
        ({"target": {"logs": {"file": "x"}}}, True),
        ({"target": {"logs": "stderr"}}, False),
        ({"target": {"base_url": "http://x"}}, False),
        ({"policy": {"waivers": "known.toml"}}, True),
        ({"policy": {"waivers": [{"fingerprint": "0123456789ab"}]}}, False),
        ({"gates": {"a": {"env": "A", "reason": "b", "default": "started"}}}, True),
    ],
)
def test_what_editors_accept(table, sound):
    assert VALIDATOR.is_valid(table) is sound
