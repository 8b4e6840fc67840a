"""Operations of the document that the tables only an owner can fill are likely to be about."""

import re
from typing import Any, Final

from troth.proposal.names import name_of
from troth.proposal.passage import line
from troth.spec.families import Family
from troth.spec.harmless import harmless
from troth.spec.operation import Operation, Spec
from troth.spec.wording import body_schema, fields, path_words, plain

_HOOKS: Final = frozenset({"webhook", "webhooks", "hook", "hooks", "callback", "callbacks"})
_POWERS: Final = frozenset(
    {"role", "roles", "admin", "superuser", "staff", "permissions", "scopes"}
)
ACCEPTED: Final = "202"


def authority(spec: Spec) -> str:
    """What takes a power away, and a read that wants one; empty where neither is known."""
    loss = next((each for each in spec.operations if _takes_power(spec, each)), None)
    power = next((each for each in spec.operations if each.secured and harmless(each)), None)
    if loss is None or power is None:
        return ""
    told = {"power": {"operation": name_of(power)}, "loss": {"operation": name_of(loss)}}
    return f"authority.{line('NAME', told)}"


def webhook(spec: Spec) -> str:
    """What takes deliveries; empty where nothing is called so."""
    found = (each for each in spec.operations if each.method == "POST" and "{" not in each.path)
    known = next((each for each in found if path_words(each) & _HOOKS), None)
    if known is None:
        return ""
    return f'webhooks.NAME = {{ operation = "{name_of(known)}", events = […], state = […] }}'


def work(spec: Spec, families: tuple[Family, ...]) -> str:
    """What is accepted and done later, and where it is seen; empty where no answer is a 202."""
    start = next((each for each in spec.operations if ACCEPTED in each.responses), None)
    if start is None:
        return ""
    own = next((each for each in families if each.create == start), None)
    state = name_of(own.read) if own is not None and own.read is not None else "…"
    told = f'start = "{name_of(start)}", state = {{ operation = "{state}", … }}'
    return f"background.NAME = {{ {told}, within = 30 }}"


def workflow(families: tuple[Family, ...]) -> str:
    """Making a thing and reading it, for steps of more to be put between; empty for none."""
    for each in families:
        id_ = re.fullmatch(r"\$(response|request)(\.body#.*)", each.id or "")
        if each.create is None or each.read is None or id_ is None:
            continue
        names = re.findall(r"{([^}]+)}", each.read.path)
        if len(names) != 1 or "{" in each.create.path:
            continue
        sent = ".request" if id_[1] == "request" else ""
        steps: list[dict[str, Any]] = [
            {"name": "made", "operation": name_of(each.create)},
            {
                "name": "seen",
                "operation": name_of(each.read),
                "path": {names[0]: f"$steps.made{sent}{id_[2]}"},
            },
        ]
        return f"workflows.{line('NAME', {'steps': steps})}"
    return ""


def _takes_power(spec: Spec, operation: Operation) -> bool:
    schema = body_schema(operation)
    if schema is None or operation.method not in {"PUT", "PATCH"} or "{" not in operation.path:
        return False
    names = {plain(at[-1]) for at, _ in fields(spec, schema, depth=0)}
    return bool({each.removeprefix("is") for each in names} & _POWERS)
