"""Messages from outside: kept once a day, dropped from traps without a word, limited."""

from sqlalchemy import select

from tests.reference.live import running, settings
from tests.reference.test_envelope import assert_problem
from troth.reference.storage.contact import ContactMessage

NEW = {"name": "Erin", "email": "Erin@elsewhere.test", "subject": "Hello", "message": "A question"}


def kept(live, **changes) -> list[str]:
    answer = live.client.post("/api/v1/contact", json=NEW | changes)
    assert answer.status_code == 202, answer.text
    assert answer.json() == {"success": True, "message": "Thank you; we have your message."}
    query = select(ContactMessage.message).where(ContactMessage.email == "erin@elsewhere.test")
    with live.app.state.platform.database.read() as db:
        return sorted(db.scalars(query))


def test_each_message_is_kept_once_and_what_fills_the_trap_is_dropped(stored):
    assert kept(stored) == ["A question"]
    assert kept(stored, email="erin@ELSEWHERE.test", name="Other") == ["A question"]
    assert kept(stored, website="https://spam.test", message="Buy") == ["A question"]
    assert kept(stored, message="B question", website="") == ["A question", "B question"]


def test_an_address_and_a_sender_have_so_many_a_minute():
    with running(settings(contact_rate_limit=2)) as live:
        answers = []
        for number in range(5):  # a minute may end in between: five fit into no two
            body = NEW | {"email": f"someone-{number}@elsewhere.test"}
            answers.append(live.client.post("/api/v1/contact", json=body))
        refused = next(each for each in answers if each.status_code == 429)
        assert_problem(refused, 429)
        assert refused.headers["ratelimit-limit"] == "2"
        assert refused.headers["ratelimit-remaining"] == "0"
