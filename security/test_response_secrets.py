"""SEC343: no secret comes back: no password, no hash of one, no private key, nobody else's token.

What a service answers lies in logs, caches, histories and screenshots (CWE-200, CWE-522). Every
exchange of every property is looked at. Found are a password that somebody logs in with or signed
up with; a password beside a user's name or address in what is read; hashes by their form (bcrypt,
argon2, pbkdf2, scrypt, crypt) or by their member's name; private keys; another principal's
credential; and in a refusal the secret that was sent, which frameworks put there by default
(`input` of a 422): from there it goes into the logs of whoever called.

Provoked here, at each operation that takes a secret: a refusal for another member's sake. The
control is the same request without that fault, which is served. What is secret says the document
(`format: password`, `writeOnly`) or the name of the member (`password`, `secret`, `api_key`,
`card_number` …).

A token that is answered to who asks for it is no finding, nor a password that the service made up
and answers once to the POST that the document says makes it, nor what is masked, nor a value that
stands at no secret place. Short and common values are not known again.
"""

from itertools import islice

from troth import applies, control, prop
from troth.exposure.canaries import wrong_elsewhere
from troth.exposure.sampled import sampled
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API3:2023", "CWE-200", "CWE-522", "CWE-209", "ASVS-v5.0.0-14.2.6")


def _nothing(target: Target, operation: Operation) -> str:
    if operation.method == "GET":
        return sampled(target, operation)
    if target.observer.leaks.takes_secrets(operation):
        return ""
    return "it takes no secret"


@prop("SEC343", severity="high", refs=REFS, last=True, unless=_nothing)
def test_response_secrets(target: Target, operation: Operation) -> None:
    """Sums up what all the others have seen, and has secrets refused."""
    with target.world() as world:
        accepted = world.accepted(operation)
        control(accepted.exchange.response, "no answer to judge")
        world.judge(accepted.exchange)
        if operation.method == "GET":
            return
        most = 1 if target.profile.examples == 1 else 6
        few = list(islice(wrong_elsewhere(world, operation), most))
        applies(few, "its secrets can not be sent with a fault of another member's")
        for case in few:
            answer = world.send(case)
            control(answer.response, "no answer to judge")
            world.judge(answer)
