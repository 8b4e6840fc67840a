"""Which addresses a hook may lead to: public ones, and those the operator allows beside them."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

IP = IPv4Address | IPv6Address


class ForbiddenAddressError(Exception):
    """The hook may not be told: where it leads is not allowed, or not known."""


@dataclass(frozen=True)
class Place:
    """Where to connect, and what to ask for there: the address is the one that was checked."""

    scheme: str
    host: str
    port: int
    target: str
    address: IP


def _inner(address: IP) -> IP:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if int(address) >> 32 == 0x0064_FF9B << 64 or int(address) >> 32 == 0:
            # NAT64 (RFC 6052) and the deprecated IPv4-compatible form.
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def public(address: IP) -> bool:
    """Whether anybody on the Internet may be meant by it."""
    return all(
        each.is_global
        and not (each.is_multicast or each.is_reserved or each.is_unspecified or each.is_loopback)
        and not (each.is_private or each.is_link_local)
        for each in {address, _inner(address)}
    )


def permitted(address: IP, host: str, allow: Sequence[str]) -> bool:
    """Whether a hook may lead to `address`."""
    if public(address):
        return True
    for each in allow:
        if each == host:
            return True
        try:
            if address in ip_network(each):
                return True
        except ValueError:
            continue  # a name, and not this one
    return False


def place(url: str, allow: Sequence[str], *, resolve: bool) -> Place:
    """Where `url` leads; ForbiddenAddressError unless every address of its host is allowed.

    Without `resolve` no name is looked up, and so none is allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ForbiddenAddressError("it is no address") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise ForbiddenAddressError("it is no address")
    port = port or (443 if parts.scheme == "https" else 80)
    found = _addresses(host, port, resolve=resolve)
    if not found or not all(permitted(each, host, allow) for each in found):
        raise ForbiddenAddressError("its host is not public")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target, found[0])


def _addresses(host: str, port: int, *, resolve: bool) -> list[IP]:
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    if not resolve:
        return []
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in known]
