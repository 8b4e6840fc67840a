"""What the defects of origins are planted with. Which are allowed, decides a function."""

from collections.abc import Callable, Collection, Iterator

from starlette.types import ASGIApp

from troth.reference.cors import Cors


class _Allowed(Collection[str]):
    def __init__(self, origins: Collection[str], also: Callable[[str], bool]) -> None:
        self._origins = frozenset(origins)
        self._also = also

    def __contains__(self, origin: object) -> bool:
        return origin in self._origins or self._also(str(origin))

    def __iter__(self) -> Iterator[str]:
        return iter(self._origins)

    def __len__(self) -> int:
        return len(self._origins)


def allow(also: Callable[[str], bool]) -> None:
    """Have CORS allow what ``also`` says, beside what is configured."""
    first = Cors.__init__

    def begin(self: Cors, app: ASGIApp, origins: Collection[str]) -> None:
        first(self, app, origins)
        vars(self)["_origins"] = _Allowed(origins, also)

    vars(Cors)  # The application makes its middleware at the first request.
    setattr(Cors, "__init__", begin)  # noqa: B010 - mypy knows that it is not to be assigned
