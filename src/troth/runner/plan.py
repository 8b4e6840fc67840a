"""What the options of a run ask for: the target file, read before anything is started or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from troth.config.file import TargetFile
from troth.config.load import Loaded, load, load_policy
from troth.config.places import conf_dir
from troth.config.policy import PolicySection
from troth.errors import UsageError
from troth.redaction import Redactor


@dataclass(frozen=True)
class Plan:
    """What the options ask for, before anything is started or sent."""

    name: str
    loaded: Loaded
    url: str | None
    policy: PolicySection
    redactor: Redactor
    demanded: bool = False
    """Whether ``--require-reached`` says how much is to be reached, whatever suites are run."""

    @property
    def starts(self) -> bool:
        """Whether troth starts the service itself."""
        section = self.loaded.file.target
        return self.url is None and (section.app is not None or section.start is not None)


def preflight(options: Mapping[str, Any]) -> Plan:
    """Read the target file and nothing else. Raises UsageError for whatever is wrong in it."""
    file, url = options.get("target"), options.get("target_url")
    if url and not file:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"--target-url {url!r} is no http address; write http://host:port/")
        loaded = Loaded(TargetFile())
    else:
        loaded = load(Path(file) if file else conf_dir() / "target.toml", running=bool(url))
    policy, demanded = load_policy(loaded.file), options.get("require_reached")
    if demanded is not None:
        policy = policy.model_copy(update={"reached": _share(demanded)})
    return Plan(
        name=loaded.file.target.name if file or not url else urlsplit(url).netloc,
        loaded=loaded,
        url=url,
        policy=policy,
        demanded=demanded is not None,
        redactor=Redactor(sorted(loaded.secrets), headers=_signatures(loaded.file)),
    )


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(
            f"--require-reached {text!r} is no share of operations; write a number from 0 to 1"
        )
    return share


def _signatures(file: TargetFile) -> list[str]:
    """The headers that carry signatures: who reads one can send it again."""
    return [each.sign.header for each in file.operations.values() if each.sign is not None]
