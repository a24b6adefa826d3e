"""Spherical geometry done another way: angles seen from a point, in numpy.

A polygon is an array of longitudes and latitudes in degrees, shape (n, 2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def unit(places: Floats) -> Floats:
    """Give unit vectors of places in degrees; (…, 2) becomes (…, 3)."""
    lon, lat = np.radians(places[..., 0]), np.radians(places[..., 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def degrees_of(vectors: Floats) -> Floats:
    """Give longitude and latitude in degrees of vectors of any length."""
    lon = np.degrees(np.arctan2(vectors[..., 1], vectors[..., 0])) % 360
    lat = np.degrees(np.arctan2(vectors[..., 2], np.hypot(vectors[..., 0], vectors[..., 1])))
    return np.stack([lon, lat], axis=-1)


def angle(one: Floats, other: Floats) -> Floats:
    """Give the angle between vectors in degrees (the Vincenty form)."""
    across = np.linalg.norm(np.cross(one, other), axis=-1)
    made: Floats = np.degrees(np.arctan2(across, np.sum(one * other, axis=-1)))
    return made


def around(centre: tuple[float, float], radii: Floats, bearings: Floats) -> Floats:
    """Give the places at angular distances and bearings (degrees) from a centre."""
    pole = unit(np.array(centre))
    lon = np.radians(centre[0])
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.cross(pole, east)
    r, b = np.radians(radii)[:, None], np.radians(bearings)[:, None]
    return degrees_of(np.cos(r) * pole + np.sin(r) * (np.cos(b) * north + np.sin(b) * east))


def winding(polygon: Floats, places: Floats) -> NDArray[np.bool_]:
    """Tell which places have a polygon wound around them, on the side of its vertices' mean."""
    vertices, points = unit(polygon), unit(places)
    total = np.zeros(len(points))
    for start, end in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        one, other = np.cross(points, start), np.cross(points, end)
        sine = np.sum(points * np.cross(one, other), axis=-1)
        total += np.arctan2(sine, np.sum(one * other, axis=-1))
    inside: NDArray[np.bool_] = (np.abs(total) > np.pi) & (points @ vertices.mean(axis=0) > 0)
    return inside


def border(polygon: Floats, pieces: int) -> Floats:
    """Give places on a polygon's sides, so many on each."""
    vertices = unit(polygon)
    shares = np.linspace(0, 1, pieces, endpoint=False)[:, None]
    sides = []
    for start, end in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        turn = np.radians(angle(start, end))
        sides.append(np.sin((1 - shares) * turn) * start + np.sin(shares * turn) * end)
    return degrees_of(np.concatenate(sides))


def from_border(polygon: Floats, places: Floats) -> Floats:
    """Give the least angle in degrees from each place to a polygon's sides."""
    vertices, points = unit(polygon), unit(places)
    nearest = np.full(len(points), 180.0)
    for start, end in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        pole = np.cross(start, end)
        pole /= np.linalg.norm(pole)
        foot = points - (points @ pole)[:, None] * pole
        on_side = (np.cross(start, foot) @ pole >= 0) & (np.cross(foot, end) @ pole >= 0)
        height = np.degrees(np.arcsin(np.clip(np.abs(points @ pole), 0, 1)))
        ends = np.minimum(angle(points, start), angle(points, end))
        nearest = np.minimum(nearest, np.where(on_side, height, ends))
    return nearest


def girard(polygon: Floats) -> float:
    """Give a polygon's area in square degrees from its inner angles."""
    vertices = unit(polygon)
    before, after = np.roll(vertices, 1, axis=0), np.roll(vertices, -1, axis=0)
    one, other = np.cross(vertices, after), np.cross(vertices, before)
    turned = np.sum(vertices * np.cross(one, other), axis=-1)
    inner = np.arctan2(turned, np.sum(one * other, axis=-1)) % (2 * np.pi)
    excess = float(inner.sum() - (len(vertices) - 2) * np.pi)
    return min(excess, 4 * np.pi - excess) * (180 / np.pi) ** 2
