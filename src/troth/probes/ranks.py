"""Whether two series of times differ: by ranks (Mann, Whitney), and by how much in the middle."""

from collections.abc import Sequence
from math import erfc, log, sqrt
from statistics import median


def error_rate(one: Sequence[float], other: Sequence[float]) -> float:
    """How often two samples of one and the same would differ so much in their ranks (two-sided,
    normal approximation; ties share their rank).
    """
    first, second = len(one), len(other)
    if not first or not second:
        return 1.0
    ordered = sorted([*one, *other])
    places: dict[float, float] = {}
    at = 0
    while at < len(ordered):
        end = at
        while end + 1 < len(ordered) and ordered[end + 1] == ordered[at]:
            end += 1
        places[ordered[at]] = (at + end) / 2 + 1
        at = end + 1
    rank = sum(places[each] for each in one)
    u = rank - first * (first + 1) / 2
    spread = sqrt(first * second * (first + second + 1) / 12)
    z = max(0.0, abs(u - first * second / 2) - 0.5) / spread
    return erfc(z / sqrt(2))


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the first less that of the second."""
    return median(one) - median(other)


def slope(sizes: Sequence[int], times: Sequence[float]) -> float:
    """The power of the size that the time grows with: a least-squares line through logarithms."""
    xs = [log(each) for each in sizes]
    ys = [log(max(each, 1e-6)) for each in times]
    middle = sum(xs) / len(xs)
    below = sum((x - middle) ** 2 for x in xs)
    if not below:
        return 0.0
    level = sum(ys) / len(ys)
    return sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / below
