"""Isotonic regression with gaps: places near those wanted, in order, and far enough apart."""

from __future__ import annotations

from collections.abc import Sequence


def isotonic(
    wanted: Sequence[float], gaps: Sequence[float], weights: Sequence[float] | None = None
) -> list[float]:
    """The places nearest to those wanted, in least squares, that keep order and gaps.

    >>> isotonic([0.0, 0.0, 9.0], [2.0, 2.0])
    [-1.0, 1.0, 9.0]
    """
    if len(wanted) == 1:
        return [*wanted]
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, float, int]] = []
    for wish, offset, weight in zip(wanted, offsets, weights or [1.0] * len(wanted), strict=False):
        total, heavy, count = (wish - offset) * weight, weight, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / heavy:
            before, weighing, members = blocks.pop()
            total, heavy, count = total + before, heavy + weighing, count + members
        blocks.append((total, heavy, count))
    level = [total / heavy for total, heavy, count in blocks for _ in range(count)]
    return [at + offset for at, offset in zip(level, offsets, strict=False)]
