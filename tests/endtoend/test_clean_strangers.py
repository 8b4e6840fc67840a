"""A service that keeps its word is told so: no finding, no inconclusive, exit code 0."""

import pytest

from tests.apps import orders
from tests.endtoend.suite import troth

KEY = "91d3-clean-key-e7f0b2"
APPLICATIONS = {
    "library": ("library:clean", "/openapi.json"),
    "orders": ("orders:clean", "/openapi.json"),
    "plain": ("plain:app", "/openapi.yaml"),
}


@pytest.fixture(scope="module", params=list(APPLICATIONS))
def run(request, serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    application, document = APPLICATIONS[request.param]
    url = serve(application, **{orders.KEY: KEY})
    lines = [f'[target]\nbase-url = "{url}"\nspec = "{document}"']
    if request.param == "orders":
        key = f'{{ value = "${{{orders.KEY}}}", header = "X-API-Key" }}'
        lines.append(f"[principals]\nalice = {{ api-key = {key} }}")
    file = folder / "target.toml"
    file.write_text("\n".join(lines))
    evidence = folder / "evidence"
    return troth("--target", str(file), evidence=evidence, profile="ci", **{orders.KEY: KEY})


def test_no_findings(run):
    assert [(each["property"], each["message"], each["curl"]) for each in run.findings] == []


def test_no_inconclusives_and_no_errors(run):
    assert run.said("inconclusive") + run.said("error") == []


def test_exit_code_0(run):
    assert run.code == 0, run.text


def test_every_operation_is_reached(run):
    reached = {row["operation"] for row in run.verdicts if row["property"] == "FUZ101"}
    assert reached == run.asked() - {None}
    assert not [each for each in run.said("fail") if each.startswith("FUZ101")]
