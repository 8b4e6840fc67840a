"""Sessions, vouchers, ranks, webhooks of a service it has never seen, clean and faulty."""

import pytest

from tests.apps import purse
from tests.endtoend.suite import replay, troth

ENV = {purse.SECRET: "7b1f-hook-secret-c2d9", purse.PASSWORD: "9e33-purse-password"}
TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"
[principals]
ann = {{ login = {{ user = "ann", password = "${{PURSE_PASSWORD}}" }} }}
[session]
refresh = {{ operation = "renew", body = {{ renew = "$refresh" }} }}
logout = {{ operation = "leave" }}
revocation = "immediate"
rotation = true
[session.login]
operation = "enter"
token = "$response.body#/handle"
refresh = "$response.body#/renew"
[operations.redeem]
body = {{ voucher = "$producer.makeVoucher.body#/voucher" }}
[operations.bank]
sign = {{ scheme = "hmac-sha256", header = "X-Sign", secret = "${{PURSE_SECRET}}" }}
[webhooks.bank]
operation = "bank"
events = [
  {{ event = "e$unique", purse = "$producer.openPurse.body#/purse", stamp = 5, pence = 100 }},
  {{ event = "f$unique", purse = "$producer.openPurse.body#/purse", stamp = 9, pence = 30 }},
]
[[webhooks.bank.state]]
operation = "readPurse"
path = {{ purse = "$producer.openPurse.body#/purse" }}
at = ["/pence", "/latest"]
[quotas.stickers]
make = {{ operation = "giveSticker", path = {{ name = "$producer.addPupil.body#/name" }} }}
most = 2
[authority.rank]
power = {{ operation = "openVault", token = "$producer.addPupil.body#/handle" }}
[authority.rank.loss]
operation = "setRank"
principal = "ann"
path = {{ name = "$producer.addPupil.body#/name" }}
body = {{ rank = "low" }}
"""
WANTED = {
    "PRO201 a refresh token renews a session after a logout",
    "PRO202 POST /redeem takes what is good for once from several at once",
    "PRO202 POST /renewals takes what is good for once from several at once",
    "PRO203 rank: who has lost a power has it at the next request",
    "PRO206 PATCH /profile loses a write to one field beside a write to another",
    "PRO206 POST /pupils makes several of what there may be one of",
    "PRO206 stickers: more are made at once than there may be",
    "PRO207 deliveries come to another state than each of them once, in order",
}


def run_on(url, folder, profile):
    (folder / "target.toml").write_text(TARGET.format(url=url))
    file = str(folder / "target.toml")
    options = (
        "--target",
        file,
        "-k",
        "token_life or single or authority or atomic or conv or linear",
    )
    return troth(*options, evidence=folder / "evidence", suite="properties", profile=profile, **ENV)


def test_a_clean_service_is_found_clean(serve, tmp_path):
    run = run_on(serve("purse:clean", **ENV), tmp_path, "ci")
    assert [(each["property"], each["message"]) for each in run.findings] == [], run.text
    assert run.said("inconclusive") + run.said("error") == []
    asked = {each["property"] for each in run.verdicts}
    assert asked >= {"PRO201", "PRO202", "PRO203", "PRO206", "PRO207", "PRO211"}


@pytest.fixture(scope="module")
def faulty(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    return run_on(serve("purse:app", **ENV), folder, "smoke"), str(folder / "target.toml")


def test_each_fault_is_found_and_nothing_else(faulty):
    run, _ = faulty
    assert set(run.roots()) == WANTED, run.text


def test_what_was_found_is_replayed(faulty):
    run, target = faulty
    for finding in run.findings:
        code, said = replay(run, finding, "--target", target, **ENV)
        assert code == 1, f"{finding['message']}\n{said}"


def test_a_service_without_the_faults_is_told_so(faulty, serve, tmp_path):
    run, _ = faulty
    other = tmp_path / "target.toml"
    other.write_text(TARGET.format(url=serve("purse:clean", **ENV)))
    for finding in run.findings:
        code, said = replay(run, finding, "--target", str(other), **ENV)
        assert code == 0, f"{finding['message']}\n{said}"


def test_no_secret_is_written(faulty):
    run, _ = faulty
    for path in run.evidence.iterdir():
        text = path.read_text()
        assert not [value for value in ENV.values() if value in text]
        assert "r-0000" not in text
        assert "h-0000" not in text
