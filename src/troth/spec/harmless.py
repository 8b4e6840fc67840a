"""What may be asked before anything is known: GETs that only show something, and end."""

import re
from typing import Final

from troth.spec.operation import Operation
from troth.spec.stream import EVENTS
from troth.spec.wording import path_words

_WHOLE: Final = frozenset(
    """
    createdb resetdb initdb dropdb seed reseed wipe truncate shutdown poweroff reboot restart
    factoryreset reinit reinitialize resetdatabase flush flushdb flushall nuke terminate
    """.split()  # noqa: SIM905 - read as a list
)
_DATA: Final = re.compile(
    r"\b(?:populat\w*|seed\w*|reset\w*|wip\w+|truncat\w+|drop\w*|purg\w+|recreat\w+|clear\w*|"
    r"re-?initiali[sz]\w*)\b.{0,40}\b(?:databases?|db|schema|tables|all data|everything|server)\b",
    re.IGNORECASE,
)
_AVOIDED: Final = frozenset(
    """
    logout signout delete remove cancel stop kill unsubscribe confirm verify approve reject send
    trigger run execute sync export download stream events sse ws socket callback redirect
    """.split()  # noqa: SIM905 - read as a list
)


def harmless(operation: Operation) -> bool:
    """A GET without a parameter that must be known, that only shows something and ends."""
    if operation.method != "GET" or "{" in operation.path or wrecks(operation):
        return False
    if any(each.required and each.location != "cookie" for each in operation.parameters):
        return False
    return not (path_words(operation) & _AVOIDED or streams(operation))


def wrecks(operation: Operation) -> bool:
    """Whether it may destroy more than it names, whatever its method: such a GET is not probed."""
    if "{" in operation.path:
        return False
    said = f"{operation.summary} {str(operation.raw.get('description') or '')[:200]}"
    return bool(path_words(operation) & _WHOLE or _DATA.search(said))


def streams(operation: Operation) -> bool:
    """Whether one of its documented answers is an event stream."""
    return any(
        name.split(";")[0].strip().lower() == EVENTS
        for response in operation.responses.values()
        for name in response.content
    )
