"""Whom an address of the network stands for, where requests are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """Give the addresses that one person has: of IPv6 a network of 64 bits (RFC 6177).

    Parameters
    ----------
    address
        As the connection or a proxy tells it; what is none is given as it is.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
