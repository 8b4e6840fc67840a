"""A target that dies, hangs, floods or babbles gets a clear verdict, and evidence is kept."""

import pytest

from tests.endtoend.suite import troth

# By mode: words of which the terminal must say one.
SAYS = {
    "dies": ("cannot be reached", "connection dropped"),
    "hangs": ("no answer in time",),
    "garbage": ("not HTTP",),
    "flood": ("max-body", "too large", "too long", "was cut"),
    "closes": ("connection dropped",),
    "drip": ("no answer in time",),
}


@pytest.fixture(scope="module", params=list(SAYS))
def run(request, serve_badly, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    url = serve_badly(request.param)
    file = folder / "target.toml"
    file.write_text(f'[target]\nbase-url = "{url}"\nspec = "/openapi.json"\ntimeout = 1.0\n')
    return request.param, troth("--target", str(file), evidence=folder / "evidence")


def test_exit_code_1_and_nothing_of_ours_breaks(run):
    _, done = run
    assert done.code == 1, done.text
    assert done.orderly(), done.text


def test_the_verdict_is_clear(run):
    mode, done = run
    assert done.said("fail") + done.said("inconclusive") + done.said("error")
    assert any(words in done.text for words in SAYS[mode]), done.text


def test_nothing_is_green_on_answers_that_nobody_could_read(run):
    mode, done = run
    shown = ("FUZ101", "FUZ102", "FUZ103", "FUZ105", "FUZ106")
    if mode != "dies":  # which answers well until it does
        assert [each for each in done.said("pass") if each.startswith(shown)] == []


def test_evidence_is_kept(run):
    _, done = run
    history = done.history
    assert history
    assert [each["number"] for each in history] == sorted(each["number"] for each in history)
    assert (done.evidence / "manifest.json").exists()


def test_no_body_is_kept_whole(run):
    _, done = run
    assert (done.evidence / "history.jsonl").stat().st_size < 10_000_000


def test_401_to_everything_is_inconclusive_and_names_the_credential(serve_badly, tmp_path):
    url = serve_badly("unauthorized")
    run = troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "evidence")
    assert run.code == 1
    assert run.findings == []
    assert run.said("pass") == []
    assert run.said("inconclusive")
    assert "credential" in run.text
    assert "bearer" in run.text.lower()
    assert run.orderly()


def test_a_rejected_credential_is_named(serve_badly, tmp_path):
    url = serve_badly("unauthorized")
    file = tmp_path / "target.toml"
    file.write_text(
        f'[target]\nbase-url = "{url}"\nspec = "/openapi.json"\n'
        '[principals]\nmallory = { token = "${MALLORY_TOKEN}" }\n'
    )
    run = troth(
        "--target", str(file), evidence=tmp_path / "evidence", MALLORY_TOKEN="wrong-6d1f0c2b77"
    )
    assert run.code == 1
    assert run.findings == []
    assert "mallory" in run.text
    assert "wrong-6d1f0c2b77" not in run.text
