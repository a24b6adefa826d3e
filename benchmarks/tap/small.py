"""Questions of users: a row, a cone, a match with their own table, a job; requests a second."""

from __future__ import annotations

import csv
import random
import statistics
from itertools import islice
from typing import TYPE_CHECKING, Any

from lxml import etree

from benchmarks.tap.client import Client, requests_per_second

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.tap.client import Service

CLIENTS = (1, 4, 16)
_POSITIONS = 10_000
_ARCSECOND = 1 / 3600
_BESIDE = 0.01
"""Degrees by which every second position lies beside its star."""


def trivial(service: Service) -> str:
    """Write the query that is hardly any work."""
    return f"SELECT TOP 1 corot_id FROM {service.table}"  # of a name of ours


def cone(service: Service) -> str:
    """Write a cone of 0.1 degrees, which has 200 rows."""
    return (
        f"SELECT * FROM {service.table}"  # of a name of ours
        " WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 100.1, 0.2, 0.1))"
    )


def match(service: Service) -> str:
    """Write the match of an uploaded table within an arc second."""
    return (
        "SELECT u.id, t.obs_id, t.ra, t.dec"  # of a name of ours
        f" FROM TAP_UPLOAD.mine AS u JOIN {service.table} AS t ON"
        " 1 = CONTAINS(POINT('ICRS', t.ra, t.dec), CIRCLE('ICRS', u.ra, u.dec, 1./3600.))"
    )


def positions(catalogue: Path) -> bytes:
    """Write a VOTable of 10,000 positions, half of which are near a star of the catalogue."""
    chance = random.Random(42)  # noqa: S311 # for a measurement
    root = etree.Element("VOTABLE", version="1.3", xmlns="http://www.ivoa.net/xml/VOTable/v1.3")
    table = etree.SubElement(etree.SubElement(root, "RESOURCE"), "TABLE", name="mine")
    etree.SubElement(table, "FIELD", name="id", datatype="int", ucd="meta.id;meta.main")
    for name in ("ra", "dec"):
        etree.SubElement(
            table, "FIELD", name=name, datatype="double", unit="deg", ucd=f"pos.eq.{name};meta.main"
        )
    data = etree.SubElement(etree.SubElement(table, "DATA"), "TABLEDATA")
    with catalogue.open(encoding="utf-8", newline="") as file:
        for number, star in enumerate(islice(csv.DictReader(file), _POSITIONS)):
            shift = chance.uniform(-0.6, 0.6) * _ARCSECOND + (_BESIDE if number % 2 else 0)
            row = etree.SubElement(data, "TR")
            for value in (number, star["ra"], f"{float(star['dec']) + shift:.8f}"):
                etree.SubElement(row, "TD").text = str(value)
    return etree.tostring(root)


def measure_small(
    services: Sequence[Service], votable: bytes, seconds: float
) -> list[dict[str, Any]]:
    """Measure each of some services, in turns; all times are medians in seconds."""
    clients = [Client(service) for service in services]

    def timed(question: Callable[[Client, Service], float], times: int) -> list[float]:
        runs = [
            [question(client, service) for client, service in zip(clients, services, strict=True)]
            for _ in range(times + 1)
        ]
        return [statistics.median(found) for found in zip(*runs[1:], strict=True)]

    found: dict[str, list[float]] = {
        "trivial": timed(lambda client, service: client.get(trivial(service)).total, 60),
        "cone": timed(lambda client, service: client.get(cone(service)).total, 40),
        "match": timed(lambda client, service: client.upload(match(service), votable).total, 7),
        "job": timed(lambda client, service: client.run_job(trivial(service)), 7),
    }
    rates = [
        {
            str(number): requests_per_second(service, trivial(service), number, seconds)
            for number in CLIENTS
        }
        for service in services
    ]
    return [
        {"requests_per_s": rate} | {name: times[place] for name, times in found.items()}
        for place, rate in enumerate(rates)
    ]
