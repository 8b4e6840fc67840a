"""Brings what a document refers to elsewhere into the document, so that it stands on its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from troth.errors import UsageError
from troth.spec.pattern import readable
from troth.spec.shape import SECTIONS, escaped, found, pointer_of, rebuilt

Read = Callable[[str], Any]
"""The JSON data behind an absolute URI. Raises UsageError, which says why there is none."""

UNRESOLVED = "x-troth-unresolved"
"""Where references that could not be followed point to: inside, so that no tool fetches them."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A document with local references only. ``failures``: local reference -> why it dangles."""

    document: dict[str, Any]
    failures: Mapping[str, str]


def bundle(document: Mapping[str, Any], home: str, read: Read) -> Bundle:
    """Copy ``document``, which stands at the URI ``home``, with all it refers to.

    Shared objects of other files go under ``/components``, named for what they are called there;
    path items are put in place. A reference that can not be followed is kept as a dangling one.
    """
    own = document.get("$self")
    aliases = {home, urljoin(home, own)} if isinstance(own, str) else {home}
    bundler = _Bundler(document, home, frozenset(urldefrag(each)[0] for each in aliases), read)
    made = rebuilt("document", document, bundler.change_at(home))
    components = made.get("components")
    components = dict(components) if isinstance(components, Mapping) else {}
    for section, added in bundler.added.items():
        present = components.get(section)
        components[section] = {**(present if isinstance(present, Mapping) else {}), **added}
    if components:
        made["components"] = components
    return Bundle(made, bundler.failures)


@dataclass
class _Bundler:
    document: Mapping[str, Any]
    home: str
    aliases: frozenset[str]
    read: Read
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    _names: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _read: dict[str, Any] = field(default_factory=dict)
    _inlining: list[tuple[str, str]] = field(default_factory=list)

    def change_at(self, base: str) -> Callable[[str, Mapping[str, Any]], Mapping[str, Any]]:
        def change(kind: str, node: Mapping[str, Any]) -> Mapping[str, Any]:
            if kind == "schema" and isinstance(node.get("discriminator"), Mapping):
                node = self._mapped(node, base)
            if kind == "schema" and ("pattern" in node or "patternProperties" in node):
                node = readable(node)
            ref = node.get("$ref")
            if not isinstance(ref, str) or kind in {"document", "components", "operation"}:
                return node
            try:
                if kind not in SECTIONS or kind == "path item":
                    return self._inlined(kind, node, base, ref)
                return {**node, "$ref": self._local(kind, base, ref)}
            except UsageError as error:
                return {**node, "$ref": self._dangling(ref, str(error))}

        return change

    def _local(self, kind: str, base: str, ref: str) -> str:
        uri, fragment = urldefrag(urljoin(base, ref) if not ref.startswith("#") else base + ref)
        if uri in self.aliases:
            return "#" + self._anchored(self.document, fragment)
        document = self._document(uri, ref)
        fragment = self._anchored(document, fragment)
        key = (uri, fragment, kind)
        if key not in self._names:
            try:
                content = found(document, pointer_of("#" + fragment))
            except LookupError:
                raise UsageError(
                    f"`{ref}` leads nowhere: that file has nothing at {fragment or '/'}; "
                    "correct the reference"
                ) from None
            section = SECTIONS[kind]
            name = self._name(section, uri, fragment)
            self._names[key] = "#" + escaped("components", section, name)
            # Its place is taken before it is filled: what it holds may refer back to it.
            self.added.setdefault(section, {})[name] = content
            self.added[section][name] = rebuilt(kind, content, self.change_at(uri))
        return self._names[key]

    def _inlined(
        self, kind: str, node: Mapping[str, Any], base: str, ref: str
    ) -> Mapping[str, Any]:
        uri, fragment = urldefrag(urljoin(base, ref) if not ref.startswith("#") else base + ref)
        if (uri, fragment) in self._inlining:
            raise UsageError(f"`{ref}` refers to itself; describe the {kind} in one place")
        local = uri in self.aliases
        document = self.document if local else self._document(uri, ref)
        try:
            content = found(document, pointer_of("#" + fragment))
        except LookupError:
            raise UsageError(f"`{ref}` leads nowhere; correct the reference") from None
        if not isinstance(content, Mapping):
            raise UsageError(f"`{ref}` leads to something that is no {kind}; correct the reference")
        self._inlining.append((uri, fragment))
        try:
            whole = rebuilt(kind, content, self.change_at(self.home if local else uri))
        finally:
            self._inlining.pop()
        return {**whole, **{name: value for name, value in node.items() if name != "$ref"}}

    def _document(self, uri: str, ref: str) -> Any:
        if uri not in self._read:
            try:
                self._read[uri] = self.read(uri)
            except UsageError as error:
                self._read[uri] = error
        if isinstance(self._read[uri], UsageError):
            raise UsageError(f"`{ref}` can not be followed: {self._read[uri]}")
        return self._read[uri]

    def _anchored(self, document: Any, fragment: str) -> str:
        """The pointer of an anchor (JSON Schema 2020-12, section 8.2.2); a pointer as it is."""
        if not fragment or fragment.startswith("/"):
            return fragment
        place = _anchor(document, unquote(fragment), ())
        if place is None:
            raise UsageError(
                f"`#{fragment}` leads nowhere: no schema has that `$anchor`; "
                "write it as a pointer such as `#/components/schemas/Name`"
            )
        return quote(escaped(*place), safe="/~")

    def _name(self, section: str, uri: str, fragment: str) -> str:
        stem = PurePosixPath(unquote(urlsplit(uri).path)).name.split(".")[0] or "document"
        last = (pointer_of("#" + fragment) or (stem,))[-1]
        components = self.document.get("components")
        group = components.get(section) if isinstance(components, Mapping) else None
        taken = {*(group if isinstance(group, Mapping) else ()), *self.added.get(section, ())}
        names = [_fit(last), _fit(f"{stem}.{last}")]
        names += [_fit(f"{stem}.{last}.{number}") for number in range(2, len(taken) + 3)]
        return next(name for name in names if name not in taken)

    def _mapped(self, node: Mapping[str, Any], base: str) -> Mapping[str, Any]:
        """``node`` with the files that its discriminator names brought in too."""
        mapping = node["discriminator"].get("mapping")
        if not isinstance(mapping, Mapping):
            return node
        targets = dict(mapping)
        for value, target in mapping.items():
            if isinstance(target, str) and re.search(r"[#/]|\.(?:json|ya?ml)$", target):
                try:
                    targets[value] = self._local("schema", base, target)
                except UsageError as error:
                    targets[value] = self._dangling(target, str(error))
        return {**node, "discriminator": {**node["discriminator"], "mapping": targets}}

    def _dangling(self, ref: str, why: str) -> str:
        local = "#" + quote(escaped(UNRESOLVED, ref), safe="/~")
        self.failures[local] = why
        return local


def _fit(name: str) -> str:
    """A component's name may hold letters, digits, dots, hyphens and underscores only."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _anchor(node: Any, name: str, place: tuple[str, ...]) -> tuple[str, ...] | None:
    if isinstance(node, Mapping) and node.get("$anchor") == name:
        return place
    inside: Any = ()
    if isinstance(node, Mapping):
        inside = node.items()
    elif isinstance(node, list):
        inside = enumerate(node)
    for step, each in inside:
        if isinstance(each, Mapping | list):
            deeper = _anchor(each, name, (*place, str(step)))
            if deeper is not None:
                return deeper
    return None
