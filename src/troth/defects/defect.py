"""A defect: a fault that real services had, how it is planted, and which properties catch it.

A look-alike is planted the same way and is no fault: what real services do on purpose, and what a
coarser judge would take for the defect that it names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Defect:
    """What a module of this folder calls ``DEFECT``; its docstring says what a service did.

    ``plant`` gets the reference application, which is complete and has made its document: what it
    patches changes what is served, and not what is promised, unless it patches ``app.openapi``.
    Routers call the functions of `troth.reference.domain` through their modules, so a function
    that is replaced there is replaced for all; what is imported by name is replaced where it is
    called. Nothing is ever taken back: a process has one defect.
    """

    caught_by: tuple[str, ...]
    """Exactly the properties that fail; no other may. None of a look-alike."""
    operations: tuple[str, ...]
    """What `--operation` takes: the run of the detection matrix is restricted to these."""
    plant: Callable[[FastAPI], None]
    clouds: tuple[str, ...] = ()
    """Properties that it leaves without an answer, which is *inconclusive* and no miss."""
    profile: str = "ci"
    """The profile that it takes to catch it."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Settings of the service upon those of the target file, such as a limit that is met."""
    lookalike_of: str = ""
    """The defect that it resembles, where it is no fault: no property may fail, none be clouded."""
