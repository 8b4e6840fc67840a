"""The one line of a target file that would let more be asked, where there is one."""

from collections.abc import Mapping
from typing import Final

from troth.principal import ANONYMOUS
from troth.proposal import candidates, lifecycles, limits, principals, session
from troth.proposal.names import name_of
from troth.proposal.passage import header, line
from troth.spec.harmless import streams
from troth.target import Target

_PLAIN: Final[Mapping[str, str]] = {
    "workflow": 'workflows.NAME.steps = [{ name = "one", operation = "METHOD /path" }, …]',
    "webhook": 'webhooks.NAME = { operation = "…", events = [{ id = "$unique" }], state = […] }',
    "authority": 'authority.NAME = { power = { operation = "…" }, loss = { operation = "…" } }',
    "work": 'background.NAME = { start = "…", state = { operation = "…", … }, within = 30 }',
    "PRO208": "[target] restart = true, of a service that troth starts (`start` or `app`)",
    "SEC321": '[policy] reviewed-roles = "roles.json", a reviewed copy of what a run leaves',
    "SEC331": '[target] origins = ["https://app.example.com"], whose pages may call',
    "SEC341": '[target] logs = { file = "service.log" }, or the `command` that prints it',
    "SEC342": '[target] logs = { file = "service.log" }, or the `command` that prints it',
    "FUZ118": '[target] correlation = "X-Request-ID", or the like',
}
OWNERSHIP: Final = frozenset(f"SEC30{number}" for number in range(1, 10))


def blocked(target: Target, property_id: str) -> str:
    """Why a property that is asked of the service as a whole is not; empty where it is."""
    if property_id == "PRO208" and target.restart is None:
        return "troth may not stop the service and start it again"
    if property_id in {"SEC341", "SEC342"} and target.logs is None:
        return "nothing says where the log is"
    return ""


def line_for(target: Target, property_id: str, argument: str) -> str:
    """What to write so that ``property_id``, which is asked of an ``argument``, is asked.

    Empty where nothing would help: the document, and not the target file, decides.
    """
    named = [name for name in target.file.principals if name != ANONYMOUS]
    found = session.guess(target.spec)
    if property_id in OWNERSHIP or argument in {"bearer", "guard"}:
        wanted = 2 if property_id in OWNERSHIP else 1
        return _people(target, found, wanted - len(named))
    if argument == "lifecycle":
        proposed = next(iter(lifecycles.passages(target.spec, target.families)), None)
        if proposed is not None:
            return f"{header(proposed.table)}, as `troth init` proposes it"
        return "lifecycles.NAME = { resource = …, field = …, initial = …, transitions = […] }"
    if argument == "stream":
        known = next(filter(streams, target.spec.operations), None)
        value = {"operation": name_of(known), "terminal": ["done"]} if known else {}
        return f"[streams] {line('NAME', value)}" if value else ""
    if argument == "session":
        known_login = found.login is not None
        return f"[session] {line('login', session.login_step(found))}" if known_login else ""
    if argument == "ranked":
        return '[principals] … role = "admin" and role = "member", for two of different powers'
    if argument == "limit" or property_id in {"SEC361", "SEC362"}:
        if next(iter(limits.passages(found)), None) is not None:
            return "[limits] login, as `troth init` proposes it"
        login = found.login.label if found.login else "METHOD /path"
        return f'limits.NAME = {{ operation = "{login}", most = 30, per = 60, … }}'
    likely = {
        "authority": lambda: candidates.authority(target.spec),
        "webhook": lambda: candidates.webhook(target.spec),
        "work": lambda: candidates.work(target.spec, target.families),
        "workflow": lambda: candidates.workflow(target.families),
    }
    said = likely[argument]() if argument in likely else ""
    return said or _PLAIN.get(property_id) or _PLAIN.get(argument, "")


def _people(target: Target, found: session.Guess, lacking: int) -> str:
    if lacking <= 0:
        return ""
    spec = target.spec
    if not (spec.schemes or any(each.secured for each in spec.operations)):
        return ""  # Who would be let in is not the question where nobody is asked.
    passage = principals.passage(spec, found, (), {}, refused=True)
    if passage is None:
        return ""
    taken = target.file.principals
    free = [each for each in passage.entries if each.key not in taken]
    if not free:
        return ""
    told = "; ".join(line(each.key, each.value) for each in free[:lacking])
    return f"[principals] {told}"
