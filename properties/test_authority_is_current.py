"""PRO203: who loses a power has lost it at the next request.

Somebody who is made for the example may do something: that is the control. Then he is demoted,
removed, disabled, suspended, or his token is revoked, and the same thing is refused him from the
next request on, whatever his token says. Where the power can be given back it is, and the same
is served again; a token that stays refused then is no finding, for many services end sessions
with a role.

What is a power, and what takes it away, stands in `[authority.*]`.
"""

from troth import control, expect, prop
from troth.scene import Scene
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API1:2023", "OWASP-API5:2023", "CWE-613", "CWE-285", "ASVS-v5.0.0-7.4.2")


@prop("PRO203", severity="high", refs=REFS)
def test_authority_is_current(target: Target, authority: Subject) -> None:
    """May; loses it; may not."""
    section = authority.section
    with target.world() as world:
        scene = Scene(world, section.given)
        may = scene.asked(section.power, purpose="while he may")
        control(may.ok, f"{may.operation} was answered {may.status} to who may")
        loss = scene.asked(section.loss, purpose="he loses it")
        control(loss.ok, f"{loss.operation} was answered {loss.status}: nothing was lost")
        after = scene.asked(section.power, purpose="when he may no longer")
        control(after.response and after.status < 500, "no answer to judge")
        control(after.status != 429, "the service limits how often it may be asked")
        what = f"{authority.label}: who has lost a power has it at the next request"
        expect(not after.ok, what, may, loss, after, root=what)
        if section.restored is not None:
            restored = scene.asked(section.restored, purpose="it is given back")
            control(restored.ok, f"{restored.operation} was answered {restored.status}")
            scene.asked(section.power, purpose="when he may again")
