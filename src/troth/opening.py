"""Opens a target: reads its file, starts it when it is to be started, reads its document."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from troth.checks.envelope import promised
from troth.config.explain import table
from troth.errors import UsageError
from troth.exchange import Exchange, Request
from troth.launch import Launched, launch, relaunch
from troth.logs.command import Command
from troth.logs.otlp import Collector
from troth.logs.printed import Printed
from troth.logs.tail import Tail
from troth.people.newcomers import admit
from troth.principal import ANONYMOUS, principals
from troth.profile import Profile
from troth.runner.plan import Plan, preflight
from troth.spec.discover import discover
from troth.spec.entry import entered, keyed
from troth.spec.fetch import Fetch, Send, fetching
from troth.spec.graph import build
from troth.spec.harmless import harmless
from troth.spec.load import load as load_spec
from troth.spec.operation import Operation, Spec
from troth.spec.schemathesis import generator
from troth.spec.second import second_judge
from troth.spec.validity import Validity
from troth.target import Target
from troth.transport.exclude import exclusions
from troth.transport.http import Bounds, Wire
from troth.transport.record import NotSent, Recorder
from troth.transport.trust import offering, trusted

MOST_PLACES = 3
MOST_EVENTS = 1000
"""Events of a stream that are read at most, be they there at once."""


def open_target(options: Mapping[str, Any], *, profile: Profile, asked: bool = True) -> Target:
    """The target, ready to be sent to. Raises UsageError; then nothing is left running.

    One that is not going to be ``asked`` anything need not be there.
    """
    plan = preflight(options)
    reached = plan.loaded.file.target
    wire = Wire(
        tls=trusted(reached.verify),
        unix=reached.socket,
        http2=offering(reached.verify) if reached.http2 else None,
    )
    steps = [wire.close]
    try:
        plan = _with_scratch(plan, steps)
        collector = _collector(plan, steps)
        plan = _told_where(plan, collector)
        section = plan.loaded.file.target
        launched = _launched(plan)
        if launched is not None:
            steps.append(launched.stop)
        base_url = _base_url(plan, launched)
        if asked:
            _answers(wire, base_url, section.timeout)
        recorder = Recorder(
            wire,
            base_url,
            writes=section.writes,
            timeout=section.timeout,
            bounds=Bounds(
                max_body=section.max_body,
                events=MOST_EVENTS,
                idle=profile.idle,
                awaited=profile.events,
            ),
        )
        spec = _spec(plan, base_url, fetching(_reading(recorder), base_url))
        plan = _entered(plan, spec)
        _frames_to_sockets(plan, spec)
        recorder.leave_out(exclusions(section.exclude, spec, base_url))
        if asked and not urlsplit(base_url).path.strip("/"):
            spec = _placed(recorder, base_url, spec)
        prefix = "" if urlsplit(base_url).path.strip("/") else spec.base_path
        file = plan.loaded.file
        target = Target(
            name=plan.name,
            base_url=base_url,
            prefix=prefix,
            file=file,
            spec=spec,
            graph=build(spec, file.resources),
            generator=generator(spec),
            second=second_judge(spec),
            validity=Validity(spec),
            shapes=promised(spec),
            recorder=recorder,
            principals=principals(file.principals, file.session, spec, recorder, base_url + prefix),
            redactor=plan.redactor,
            profile=profile,
            environ=dict(os.environ),
            launched=launched,
            salt="" if launched else datetime.now(UTC).strftime("%m%d%H%M%S"),
            only=tuple(options.get("operation") or ()),
            policy=plan.policy,
            seed=options.get("seed"),
        )
    except BaseException:
        for step in reversed(steps):
            step()
        raise
    for step in steps:
        target.on_close(step)
    admit(target)
    _read_logs(target, collector)
    if launched is not None and section.restart:
        target.restart = partial(_restarted, plan, target)
    unknown = [name for name in target.only if not _known(spec, name)]
    if unknown:
        target.close()
        raise UsageError(
            f"--operation {unknown[0]!r} is not in the document; `troth matrix` lists what is"
        )
    target.profile = profile.over(sum(map(target.asked, spec.operations)))
    return target


def _reading(recorder: Recorder) -> Send:
    return partial(
        recorder.send, principal=ANONYMOUS, operation=None, purpose="look for the document"
    )


def _placed(recorder: Recorder, base_url: str, spec: Spec) -> Spec:
    """``spec`` with the base path below which the service answers: `servers` often speaks of
    another place than the one it is at.

    Tried are what the document says, the root, and where the document itself was read; what the
    document says stays where nothing shows another place to be the right one.
    """
    own = spec.source.startswith(f"{base_url}/")
    home = urlsplit(spec.source).path.rpartition("/")[0] if own else ""
    places = dict.fromkeys((spec.base_path, "", home))
    looked = sorted(filter(harmless, spec.operations), key=lambda each: len(each.path))
    for each in looked[: MOST_PLACES if len(places) > 1 else 0]:
        for prefix in places:
            request = Request("GET", f"{base_url}{prefix}{each.path}")
            why = f"is the service below `{prefix or '/'}`?"
            try:
                answer = recorder.send(request, principal=ANONYMOUS, operation=None, purpose=why)
            except NotSent:
                break
            if _there(each, answer):
                return replace(spec, base_path=prefix)
    return spec


def _there(operation: Operation, answer: Exchange) -> bool:
    """Whether that is an answer of ``operation``: pages for people are served below any path."""
    response = answer.response
    if response is None or response.status == 404:
        return False
    documented = {name for each in operation.responses.values() for name in each.content}
    page = "html" in response.media_type
    return not (page and documented) or any("html" in each or "*" in each for each in documented)


def _entered(plan: Plan, spec: Spec) -> Plan:
    """The plan with what the document says of logging in, where the target file does not."""
    file = plan.loaded.file
    login = entered(spec, file.principals, file.session.login)
    update: dict[str, Any] = {"principals": keyed(spec, file.principals)}
    if login is not file.session.login:
        update["session"] = file.session.model_copy(update={"login": login})
    file = file.model_copy(update=update)
    return replace(plan, loaded=replace(plan.loaded, file=file))


def _frames_to_sockets(plan: Plan, spec: Spec) -> None:
    """Raises UsageError where a frame is to be sent to what is no WebSocket."""
    for name, section in plan.loaded.file.operations.items():
        operation = spec.operation(name)
        if section.send is not None and operation is not None and spec.socket(name) is None:
            raise UsageError(
                f"{plan.loaded.path}: {table(('operations', name))} has `send`, and "
                f"{operation.label} is no WebSocket; write `body`, or take it out"
            )


def _answers(wire: Wire, base_url: str, timeout: float) -> None:
    if not wire.alive(base_url, timeout=timeout):
        raise UsageError(
            f"nothing answers at {base_url}; check the address, and that the service runs"
        )


def _known(spec: Spec, name: str) -> bool:
    known = spec.operation(name) or spec.socket(name)
    return known is not None or any(each.label == name for each in spec.broken)


def _launched(plan: Plan) -> Launched | None:
    section = plan.loaded.file.target
    if not plan.starts:
        return None
    return launch(
        section,
        env=plan.loaded.env,
        folder=plan.loaded.path.parent,
        redact=plan.redactor.text,
    )


def _with_scratch(plan: Plan, steps: list[Callable[[], None]]) -> Plan:
    """The plan with a fresh folder where `[target.env]` says ``{scratch}``; it goes at the end."""
    section = plan.loaded.file.target
    if not plan.starts or not any("{scratch}" in each for each in section.env.values()):
        return plan
    folder = TemporaryDirectory(prefix="troth-", ignore_cleanup_errors=True)
    steps.append(folder.cleanup)
    env = {name: each.replace("{scratch}", folder.name) for name, each in section.env.items()}
    file = plan.loaded.file.model_copy(update={"target": section.model_copy(update={"env": env})})
    return replace(plan, loaded=replace(plan.loaded, file=file))


def _collector(plan: Plan, steps: list[Callable[[], None]]) -> Collector | None:
    """What takes in records over OTLP, where that is where they go; there before the service."""
    logs = plan.loaded.file.target.logs
    if logs is None or logs.otlp is False:
        return None
    found = Collector(0 if logs.otlp is True else logs.otlp)
    steps.append(found.close)
    return found


def _told_where(plan: Plan, collector: Collector | None) -> Plan:
    """The plan with the collector's address where `[target.env]` says ``{otlp}``."""
    section = plan.loaded.file.target
    if collector is None or not any("{otlp}" in each for each in section.env.values()):
        return plan
    env = {name: each.replace("{otlp}", collector.address) for name, each in section.env.items()}
    file = plan.loaded.file.model_copy(update={"target": section.model_copy(update={"env": env})})
    return replace(plan, loaded=replace(plan.loaded, file=file))


def _read_logs(target: Target, collector: Collector | None) -> None:
    """Begin to read the log: where the target file says, else what a started service prints."""
    logs = target.file.target.logs
    if collector is not None:
        target.logs = collector
    elif logs is not None and logs.file is not None:
        target.logs = Tail(Path(logs.file))
    elif logs is not None and logs.command is not None:
        try:
            target.logs = Command(logs.command)
        except UsageError:
            target.close()
            raise
        target.on_close(target.logs.close)
    elif target.launched is not None:
        target.logs = Printed(lambda: target.launched)
    if target.logs is not None:
        target.log_began = target.logs.mark()


def _restarted(plan: Plan, target: Target) -> str:
    """Stops the service and starts it once more; why that could not be, or nothing."""
    assert target.launched is not None
    try:
        target.launched = relaunch(
            target.launched,
            plan.loaded.file.target,
            env=plan.loaded.env,
            folder=plan.loaded.path.parent,
            redact=plan.redactor.text,
        )
    except UsageError as error:
        return str(error)
    target.on_close(target.launched.stop)
    return ""


def _base_url(plan: Plan, launched: Launched | None) -> str:
    if launched is not None:
        return launched.base_url
    if plan.url:
        parts = urlsplit(plan.url)
        return f"{parts.scheme}://{parts.netloc}"
    base_url = plan.loaded.file.target.base_url
    if base_url is None:
        raise UsageError(
            f"{plan.loaded.path}: [target] says nowhere where the service is; "
            "give `base-url`, `app` or `start`"
        )
    return base_url.rstrip("/")


def _spec(plan: Plan, base_url: str, fetch: Fetch) -> Spec:
    section = plan.loaded.file.target
    if plan.url:
        return discover(plan.url, remote_refs=section.remote_refs, fetch=fetch)
    if section.spec is None:
        return discover(base_url, remote_refs=section.remote_refs, fetch=fetch)
    source = section.spec
    if source.startswith("/") and not Path(source).is_file():
        source = base_url + source
    return load_spec(source, remote_refs=section.remote_refs, fetch=fetch)
