"""What the documents say a target file may look like is one."""

import re
from pathlib import Path

import pytest

from tests.serving import ROOT
from troth.config.load import load

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_documented_example_is_taken(block: str, tmp_path: Path):
    text = block if "[target]" in block else f'[target]\nbase-url = "http://127.0.0.1:9"\n{block}'
    path = tmp_path / "target.toml"
    path.write_text(text, "utf-8")
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "correct-horse-battery")
    assert load(path, environ=environ).file.target.base_url is not None


def test_there_are_examples():
    assert len(BLOCKS) > 5
