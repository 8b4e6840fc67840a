"""PRO203: who loses a power has lost it at the next request.

Somebody who is made for the example may do something: that is the control. Then he is demoted,
removed, disabled, suspended, or his token is revoked, and the same thing is refused him from the
next request on, whatever his token says. Where the power can be given back it is, and the same
is served again; a token that stays refused then is no finding, for many services end sessions
with a role.

Some powers end by themselves, as tokens do that were made to live for seconds (`lapses`): then the
same thing is refused when that time is over.

What is a power, and what takes it away, stands in `[authority.*]`.
"""

from troth import applies, control, expect, prop
from troth.models.scene import Scene
from troth.subjects import Subject
from troth.target import Target

REFS = (
    "OWASP-API1:2023",
    "OWASP-API5:2023",
    "CWE-613",
    "CWE-285",
    "ASVS-v5.0.0-7.4.2",
    "RFC7519-4.1.4",
)
GRACE = 0.5
"""Seconds more than the target file says: clocks count in whole ones."""


@prop("PRO203", severity="high", refs=REFS)
def test_authority_is_current(target: Target, authority: Subject) -> None:
    """May; loses it; may not."""
    section = authority.section
    lapses = section.lapses
    with target.world() as world:
        waits = target.profile.machine_examples > 1
        applies(lapses is None or waits, f"profile {target.profile.name} waits for no end")
        scene = Scene(world, section.given)
        may = scene.asked(section.power, purpose="while he may")
        control(may.ok, f"{may.operation} was answered {may.status} to who may")
        shown = [may]
        if section.loss is not None:
            loss = scene.asked(section.loss, purpose="he loses it")
            control(loss.ok, f"{loss.operation} was answered {loss.status}: nothing was lost")
            shown.append(loss)
        wait = 0 if lapses is None else lapses + GRACE
        after = scene.asked(section.power, purpose="when he may no longer", after=wait)
        control(after.response and after.status < 500, "no answer to judge")
        control(after.status != 429, "the service limits how often it may be asked")
        what = f"{authority.label}: who has lost a power has it at the next request"
        if lapses is not None:
            what = f"{authority.label}: what was to end by itself goes on"
        expect(not after.ok, what, *shown, after, root=what)
        if section.restored is not None:
            restored = scene.asked(section.restored, purpose="it is given back")
            control(restored.ok, f"{restored.operation} was answered {restored.status}")
            scene.asked(section.power, purpose="when he may again")
