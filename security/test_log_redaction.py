"""SEC341: no credential, password, token or key reaches the log; nor troth's own evidence.

A log is read by more people than a database, kept longer, and sent elsewhere (CWE-532). Requests
are sent with a value that stands nowhere else in each secret place: a bearer token, a password of
HTTP authentication, a cookie, the header of an API key, secret parameters of a query, the password
of a failed login, secret members of bodies that are refused. Then all secrets of the whole run are
looked for: the tokens that the service issued, the passwords that people logged in with. Each is
looked for as it is, percent-encoded, escaped, in hexadecimal, in base64 at each alignment, and its
first twelve characters. A place leaks when it does a second time too.

The control is a mark in the path, the query, the user agent and the correlation id of a request
that is sent last: when it came up, the log is read, and what was sent before is there. The log is
what `[target] logs` names: what the service prints, a file, a command, records over OTLP; without
it, what a service prints that troth started. Where that says nothing of a request, nothing is
asked; where the target file named it, that is inconclusive.

A path or a value of a query in an access log is no finding, but for secret ones: those that the
document declares, and `access_token`, `api_key` and `password` where the log was named. Short
secrets and such without a digit are not known again.

Personal data is what its owner calls so, by `[target] personal` or by `x-pii` or `x-sensitive` in
the document: such members of what is made, and parameters of what is read, are sent made-up values
and looked for in the same way (CWE-359, *medium*). Nothing is taken for personal by its name, and a
hash or a mask of it is no finding.
"""

from contextlib import suppress

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.exposure.canaries import Probe, probes
from troth.exposure.listening import Listening, listening
from troth.exposure.personal import personal
from troth.logs.search import known_in, line_of, planted_in, shown
from troth.prop import Refuted
from troth.target import Target

REFS = ("CWE-532", "CWE-117", "CWE-359", "OWASP-API8:2023", "ASVS-v5.0.0-16.2.5")


@prop("SEC341", severity="high", refs=REFS, last=True)
def test_log_redaction(target: Target) -> None:
    """All places at once, and those again that leak."""
    sent: list[tuple[Probe, str, Exchange]] = []
    with target.world() as world:
        heard = listening(world)
        heard.lines()  # Is anything heard at all?
        began = len(_evidence(target))
        for each in (*probes(world), *personal(world)):
            secret, case = each.planted(target)
            answer = world.send(case, principal=each.principal)
            sent.append((each, secret, answer))
        control(sent, "nothing could be sent")
        lines = heard.lines()
        leaking = [each for each, secret, _ in sent if line_of(secret, lines)[0]]
        # What was written down before can have none of them, and of a long run it is long.
        text = "\n".join(_evidence(target)[began:])
        shows = planted_in([secret for _, secret, _ in sent], text)
        expect(not shows, "troth's own evidence shows a canary", root="evidence shows a secret")
    for each in leaking:
        with suppress(Refuted), target.world() as world:
            _again(listening(world), each)
    if leaking:
        return  # The secrets of the run went the same way.
    with suppress(Refuted), target.world() as world:
        _of_the_run(listening(world))


def _again(heard: Listening, probe: Probe) -> None:
    secret, case = probe.planted(heard.world.target)
    answer = heard.world.send(case, principal=probe.principal)
    form, line = line_of(secret, heard.lines())
    message = f"{probe.what} is in the log, {form}, after {shown(line, secret)!r}"
    personal_ = probe.where.startswith("personal")
    root = f"{probe.where if personal_ else f'a secret of {probe.where}'} is in the log"
    expect(not form, message, answer, root=root, severity="medium" if personal_ else "")


def _of_the_run(heard: Listening) -> None:
    target = heard.world.target
    heard.lines()
    heard.began = target.log_began
    lines = heard.lines()
    # What was planted here has its own findings.
    secret = known_in([each for each in target.redactor.known if not _planted(each)], lines)
    carried = [each for each in target.recorder.recent if secret and _carries(each, secret)]
    message = "a secret that the service issued, or was sent, is in the log"
    expect(not secret, message, *carried[-1:], root=message)


def _planted(secret: str) -> bool:
    return len(secret) == 32 and all(each in "0123456789abcdef" for each in secret)


def _carries(exchange: Exchange, secret: str) -> bool:
    texts = [each for _, each in exchange.request.headers]
    texts.append(exchange.request.body.decode("utf-8", "replace"))
    if exchange.response is not None:
        texts.append(exchange.response.body.decode("utf-8", "replace"))
    return any(secret in each for each in texts)


def _evidence(target: Target) -> list[str]:
    """What was written down of this run so far."""
    return target.writer.written() if target.writer is not None else []
