"""Where the ids of an answer lead: links to whatever operations take them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PARAMETER = re.compile(r"\{([^}]+)\}")
Operations = Mapping[tuple[str, str], Mapping[str, Any]]
"""By path and method."""


def following(
    operations: Operations, path: str, method: str, ids: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """OperationId and parameters of each operation below the path templates of `ids`.

    What further parameters it has must be among the source's own. An id that stands for the
    first of many, or that comes of a change, leads to what reads it only: nobody chose it.
    """
    own = {name: f"$request.path.{name}" for name in _PARAMETER.findall(path)}
    chosen = "/0/" not in "".join(ids.values()) and (method == "get" or _makes(path, ids))
    for (other, verb), operation in operations.items():
        if (other, verb) == (path, method) or not (chosen or verb == "get"):
            continue
        carried = {
            _PARAMETER.findall(place)[-1]: f"$response.body#{pointer}"
            for place, pointer in ids.items()
            if other == place or other.startswith(f"{place}/")
        }
        known = own | carried
        names = _PARAMETER.findall(other)
        if carried and set(names) <= set(known):
            yield operation["operationId"], {name: known[name] for name in names}


def _makes(path: str, ids: Mapping[str, str]) -> bool:
    """Whether the answer at `path` is of something new: it is not below any of `ids`."""
    return not any(path == place or path.startswith(f"{place}/") for place in ids)
