"""PRO201: tokens live and die with their session: login, refresh, logout, a new password.

A model keeps every access and refresh token that somebody got, and what it knows of each. After a
logout, after all sessions were ended, after one was ended from another, after the password was
changed: the refresh tokens of those sessions renew nothing, and their access tokens are refused,
where `[session] revocation` says that this is at once. Those of the other sessions go on. The
latest access token of a renewed session is served. A password that was changed logs nobody in.

The control of every refusal is that the token was served before, or was fit to be; of every
service, the login. A service that ends old sessions at a login or keeps an access token good after
a refresh, or does not, does as it likes. What ended by itself is not asked any more.

Who has `[session] throwaway` is asked of somebody made for it. Else a principal logs in further
times, and only what ends those further sessions is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from troth import applies, control, expect, prop
from troth.exchange import Exchange
from troth.models.machine import Machine, Rule, drive
from troth.people.person import Grant, Person, Token, person
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = (
    "OWASP-API2:2023",
    "CWE-613",
    "ASVS-v5.0.0-7.4.1",
    "ASVS-v5.0.0-7.4.3",
    "RFC7009",
    "RFC9700",
)
MOST = 3
"""Sessions at once: many services have a limit of a handful."""


@dataclass
class State:
    """Somebody, and all their sessions."""

    person: Person
    grants: list[Grant] = field(default_factory=list)

    def live(self) -> list[Grant]:
        """The sessions that have not ended."""
        return [each for each in self.grants if each.live]

    def usable(self) -> list[Grant]:
        """The sessions whose latest access token is good as far as is known."""
        return [
            each
            for each in self.live()
            if each.access[-1].state == "live" and not each.access[-1].due
        ]

    def renewable(self) -> list[Grant]:
        """The sessions that can be renewed."""
        return [each for each in self.usable() if each.refresh and each.refresh[-1].state == "live"]

    def end(self, grant: Grant, why: str) -> None:
        """``grant`` is over, and with it all its tokens."""
        grant.live = False
        at_once = self.person.section.revocation == "immediate"
        for token in grant.tokens():
            if token.state == "dead":
                continue
            token.why, token.asked = why, False
            token.state = "dead" if token.kind == "refresh" or at_once else "unknown"

    def spare(self, grant: Grant | None, keeps: str, why: str) -> None:
        """All sessions are over but for what is kept."""
        for each in self.live():
            if keeps == "none" or (keeps == "current" and each is not grant):
                self.end(each, why)


def _begin(world: World) -> State:
    someone = person(world)
    state = State(someone)
    state.grants.append(someone.log_in())
    return state


def _grant(among: Callable[[State], list[Grant]]) -> Callable[[State], st.SearchStrategy[Grant]]:
    return lambda state: st.sampled_from(among(state))


def _log_in(state: State) -> None:
    state.grants.append(state.person.log_in())
    for each in state.live()[:-1]:
        # It may have ended others, as some services do.
        if not state.person.probe(each.access[-1]).ok:
            _unknown(each)


def _unknown(grant: Grant) -> None:
    grant.live = False
    for token in grant.tokens():
        token.state = "unknown" if token.state == "live" else token.state


def _refresh(state: State, grant: Grant) -> None:
    someone, old, used = state.person, grant.access[-1], grant.refresh[-1]
    answer = someone.world.run(someone.refreshing(used, old, "refresh"))
    control(answer.status != 429, "the service limits how often it may be asked")
    what = "the refresh token of a live session is refused"
    expect(answer.ok, f"{what}: {answer.status}", used.exchange, answer, root=what)
    someone.granted(answer, grant)
    if old is not grant.access[-1]:
        old.state = "unknown"
    if used is not grant.refresh[-1]:
        rotates = someone.section.rotation
        used.state, used.why = ("dead" if rotates else "unknown"), "refresh"


def _reuse(state: State, grant: Grant) -> None:
    someone = state.person
    used = next(each for each in grant.refresh if each.state == "dead")
    answer = someone.world.run(someone.refreshing(used, grant.access[-1], "a used refresh token"))
    control(answer.status != 429, "the service limits how often it may be asked")
    what = "a refresh token that was used is taken again"
    expect(not answer.ok, what, used.exchange, answer, root=what)
    if someone.section.reuse_kills_family:
        state.end(grant, "the second use of a refresh token")
    else:
        _unknown(grant)


def _log_out(state: State, grant: Grant) -> None:
    someone, step = state.person, state.person.section.logout
    assert step is not None
    operation = someone.scene.operation(step.operation)
    _done(someone.world.run(someone.leaving(operation, grant, "log out")))
    state.end(grant, "a logout")


def _log_out_everywhere(state: State, grant: Grant) -> None:
    someone, step = state.person, state.person.section.logout_all
    assert step is not None
    operation = someone.scene.operation(step.operation)
    token = grant.access[-1]
    _done(
        someone.world.run(
            someone.with_token(operation, token, "log out everywhere", body=step.body)
        )
    )
    state.spare(grant, step.keeps, "a logout everywhere")


def _end_another(state: State, grant: Grant) -> None:
    someone, step = state.person, state.person.section.end
    assert step is not None
    ended = next(each for each in state.live() if each is not grant)
    operation = someone.scene.operation(step.operation)
    name = operation.path.rpartition("{")[2].partition("}")[0]
    path = {name: someone.scene.taken(ended.login, step.id)}
    _done(
        someone.world.run(
            someone.with_token(operation, grant.access[-1], "end another session", path=path)
        )
    )
    state.end(ended, "being ended from another session")


def _change_password(state: State, grant: Grant) -> None:
    someone, step = state.person, state.person.section.password
    assert step is not None
    operation = someone.scene.operation(step.operation)
    answer = someone.world.run(
        someone.with_token(operation, grant.access[-1], "change the password")
    )
    _done(answer)
    someone.former = someone.body
    changed = {name: someone.scene.taken(answer, each) for name, each in step.login.items()}
    someone.body = {**someone.body, **changed}
    state.spare(grant, step.keeps, "a change of the password")
    refused = someone.try_to_log_in(someone.former)
    what = "a password that was changed logs in"
    expect(not refused.ok, what, answer, refused, root=what)
    if not state.live():
        state.grants.append(someone.log_in())


def _done(answer: Exchange) -> None:
    control(answer.ok, f"{answer.operation} was answered {answer.status}")


def _access_holds(state: State) -> None:
    """Every access token is as the model says."""
    for grant in state.grants:
        for token in grant.access:
            if token.state == "unknown" or token.due or (token.state == "dead" and token.asked):
                continue
            answer = state.person.probe(token)
            token.asked = token.state == "dead"
            _judge(token, answer, f"an access token is served after {token.why}")


def _refresh_holds(state: State) -> None:
    """The refresh tokens of sessions that are over renew nothing."""
    someone = state.person
    for grant in state.grants:
        for token in grant.refresh[-1:]:
            if grant.live or token.state != "dead" or token.asked or someone.steps.renewal is None:
                continue
            token.asked = True
            purpose = f"refresh after {token.why}"
            answer = someone.world.run(someone.refreshing(token, grant.access[-1], purpose))
            control(answer.status != 429, "the service limits how often it may be asked")
            _judge(token, answer, f"a refresh token renews a session after {token.why}")


def _judge(token: Token, answer: Exchange, served: str) -> None:
    if token.state == "dead":
        expect(not answer.ok, served, token.exchange, answer, root=served)
    else:
        what = "the access token of a live session is refused"
        expect(answer.ok, f"{what}: {answer.status}", token.exchange, answer, root=what)


def _rules(target: Target) -> list[Rule[State]]:
    section = target.file.session
    disposable = section.throwaway is not None
    found: list[Rule[State]] = [
        Rule("log in", _log_in, when=lambda state: len(state.live()) < MOST),
    ]
    if section.refresh is not None:
        found.append(
            Rule(
                "refresh",
                _refresh,
                {"grant": _grant(State.renewable)},
                when=lambda state: bool(state.renewable()),
            )
        )
    if section.logout_all is not None and disposable:
        found.append(
            Rule(
                "log out everywhere",
                _log_out_everywhere,
                {"grant": _grant(State.usable)},
                # With one session it is a logout, which is asked anyway.
                when=lambda state: bool(state.usable()) and len(state.live()) > 1,
            )
        )
    if section.password is not None and disposable:
        found.append(
            Rule(
                "change the password",
                _change_password,
                {"grant": _grant(State.usable)},
                when=lambda state: bool(state.usable()) and state.person.former is None,
            )
        )
    if section.logout is not None:
        found.append(
            Rule(
                "log out",
                _log_out,
                {"grant": _grant(State.usable)},
                when=lambda state: bool(state.usable()),
            )
        )
    if section.end is not None:
        found.append(
            Rule(
                "end another session",
                _end_another,
                {"grant": _grant(State.usable)},
                when=lambda state: bool(state.usable()) and len(state.live()) > 1,
            )
        )
    if section.refresh is not None and section.rotation:
        found.append(
            Rule(
                "use a refresh token again",
                _reuse,
                {"grant": _grant(_reusable)},
                when=lambda state: bool(_reusable(state)),
            )
        )
    return found


def _reusable(state: State) -> list[Grant]:
    return [each for each in state.usable() if any(one.state == "dead" for one in each.refresh)]


@prop("PRO201", severity="high", refs=REFS)
def test_token_lifecycle(target: Target, session: Subject) -> None:
    """One person, up to three sessions at once."""
    rules = _rules(target)
    with target.world():
        applies(len(rules) > 1, "[session] says neither how to renew nor how to end a session")
    machine = Machine(session.label, _begin, rules, invariants=[_access_holds, _refresh_holds])
    drive(target, machine)
