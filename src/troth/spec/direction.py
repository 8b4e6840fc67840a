"""Schemas as they hold for one direction: what is read only is no client's, and the reverse.

What is `readOnly` is required of answers alone, and what is `writeOnly` of requests alone (OpenAPI
3.0.4 and 3.1.1, "Schema Object"). A service may ignore what is not the client's to write, whatever
it is.
"""

from collections.abc import Mapping
from typing import Any, Final

from troth.spec.operation import Schema, Spec
from troth.spec.schema import properties, resolve

_COMBINING: Final = frozenset({"allOf", "anyOf", "oneOf"})


def one_way(
    spec: Spec, schema: Any, *, answers: bool, beside: Mapping[str, Schema] | None = None
) -> Any:
    """``schema`` as it holds for ``answers``, or else for requests.

    ``beside`` are the properties of what it is combined with: they may say which way they go.
    """
    if isinstance(schema, list):
        return [one_way(spec, each, answers=answers, beside=beside) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    known = {**(beside or {}), **properties(spec, schema)}
    own = {
        key: one_way(spec, value, answers=answers, beside=known if key in _COMBINING else None)
        for key, value in schema.items()
    }
    word = "writeOnly" if answers else "readOnly"
    foreign = {name for name, each in known.items() if resolve(spec, each).get(word) is True}
    if isinstance(schema.get("required"), list) and foreign & set(map(str, schema["required"])):
        own["required"] = [each for each in schema["required"] if str(each) not in foreign]
        if not own["required"]:
            del own["required"]  # Draft 4, which 3.0 builds on, knows no empty list.
    members = own.get("properties")
    if not answers and isinstance(members, Mapping):
        own["properties"] = {
            name: {} if name in foreign else each for name, each in members.items()
        }
    return own
