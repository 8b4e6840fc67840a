"""PRO212: a workflow of several steps holds from end to end.

Each step may work and their sum be wrong: what was taken back is still there, a second turn has
forgotten the first, a copy writes into its original. `[workflows.NAME]` lists requests in a fixed
order, each with values that earlier ones were answered or sent, and what must hold of each answer.
A step that is refused, or whose answer is not as it says, refutes the workflow. Event streams are
read to their end.

Control: the first step is served; where it is not, nothing was begun. Not a finding: a refusal of
the caller or of his haste (401, 403, 429).
"""

from collections.abc import Mapping
from typing import Any

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.finding import STEP
from troth.minimal import check_expectation
from troth.models.scene import Scene, plain
from troth.models.story import told_anew
from troth.principal import ANONYMOUS
from troth.spec.workflows import Workflow
from troth.target import Target

BLIND = frozenset({401, 403, 429})
MOST_EVENTS = 10_000


@prop("PRO212", severity="high", refs=("CWE-840", "CWE-841", "ASVS-v5.0.0-2.3.1"), operations=False)
def test_workflows(target: Target, workflow: Workflow) -> None:
    """Step by step, as it is told."""
    with target.world() as world:
        world.example.whole = True
        scene = Scene(world)
        done: dict[str, Exchange] = {}
        actor = ""
        for number, step in enumerate(workflow.steps, start=1):
            section, wanted = step.section, step.section.expect
            world.example.step = f"{STEP}{number}, {section.name}"
            filled = {
                place: told_anew(scene, getattr(section, place), done)
                for place in ("path", "query", "body")
            }
            asked = section.model_copy(update=filled)
            told = asked.principal or asked.token or target.told(step.operation).principal
            if actor in target.senders(step.operation) and not told:
                # One who began it goes on with it, whoever else was served with such a request.
                asked = asked.model_copy(update={"principal": actor})
            label = step.operation.label
            with target.recorder.listening(label, events=MOST_EVENTS):
                answer = scene.ask(step.operation, asked, purpose=label)
            control(answer.response, f"{label} was not answered")
            control(answer.status not in BLIND, f"{label} answered {answer.status}")
            if number == 1:
                control(answer.ok, f"{label}, the first step, answered {answer.status}")
            done[section.name] = answer
            actor = actor or (answer.principal if answer.principal != ANONYMOUS else "")
            meant: Mapping[str, Any] = plain(told_anew(scene, wanted, done))
            path = {key: str(value) for key, value in plain(filled["path"]).items()}
            if "status" not in meant:
                said = f"step {section.name}: {label} answered {answer.status}"
                root = f"{workflow.name}: {section.name} is refused"
                expect(answer.ok, said, answer, root=root)
            wrong = check_expectation(meant, answer, path_values=path)
            pointers = tuple(each for each in meant if each.startswith("/"))
            said = f"step {section.name}: {label}: {wrong}"
            root = f"{workflow.name}: {section.name} is not as it should be"
            expect(wrong is None, said, answer, root=root, telling=pointers)
