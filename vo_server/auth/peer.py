"""Who sent a request, and over what: headers of proxies count only from proxies of ours."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Request

Network = IPv4Network | IPv6Network


class Proxies:
    """The reverse proxies whose word counts.

    Parameters
    ----------
    networks
        Their addresses, as networks; ``127.0.0.1/32``, say.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network) for network in networks)

    def trusts(self, request: Request) -> bool:
        """Whether a request comes from one of them."""
        return self._is_ours(request.remote_addr or "")

    def address(self, request: Request) -> str:
        """Give the address of the client: the last one a proxy of ours did not speak for."""
        address = request.remote_addr or ""
        forwarded = request.headers.get("X-Forwarded-For", "")
        for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            if not self._is_ours(address):
                break
            address = hop
        return address

    def _is_ours(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self._networks)
