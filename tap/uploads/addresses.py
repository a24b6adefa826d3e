"""Which hosts a table may be fetched from: those that anybody could reach.

A server that fetches what a stranger names must not be made to ask its own
neighbours. What counts is the address a name leads to, not how it is written.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from tap.errors import UsageError
from tap.parameters import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network
    Resolve = Callable[[str, int], list[str]]

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that lead to IPv4 ones (RFC 6052, section 2.1)."""


def resolved(host: str, port: int) -> list[str]:
    """Ask the system which addresses a host has, in any spelling the system takes.

    Raises
    ------
    OSError, UnicodeError
        If there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(text: str, allowed: Iterable[Network] = ()) -> bool:
    """Tell whether an address is everybody's, or in one of the allowed networks."""
    address = ipaddress.ip_address(text.partition("%")[0])
    address = _embedded(address) or address
    if any(address in network for network in allowed):
        return True
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_link_local
        or address.is_loopback
        or address.is_private
        or address.is_unspecified
    )


def _embedded(address: Address) -> Address | None:
    """Find the IPv4 address that an IPv6 one leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def checked_addresses(
    host: str, port: int, allowed: Iterable[Network], resolve: Resolve = resolved
) -> list[str]:
    """Give the addresses of a host, if all of them may be asked.

    The connection is to go to one of these, not to the name: asked again, it
    might lead elsewhere.

    Raises
    ------
    UsageError
        If there is none, or one is not public.
    """
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise UsageError(f"The host {shown(host)} is not known.")
    if not all(is_public(address, allowed) for address in found):
        raise UsageError(
            f"The host {shown(host)} is in a network this service fetches nothing from."
            " Send the table with the request instead."
        )
    return found
