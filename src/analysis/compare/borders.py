"""Which areas touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from analysis.compare.design import Mask


def touching(areas: Sequence[str], borders: Iterable[tuple[str, str]]) -> Mask:
    """``(n, n)`` whether two areas touch, from pairs that do; pairs of other areas say nothing."""
    place = {name: at for at, name in enumerate(areas)}
    touch = np.zeros((len(areas), len(areas)), dtype=bool)
    for a, b in borders:
        if a in place and b in place and a != b:
            touch[place[a], place[b]] = touch[place[b], place[a]] = True
    return touch


def pairs_touching(chosen: np.ndarray, touch: Mask) -> np.ndarray:
    """``(R,)`` how many pairs of each choice's ``(R, k)`` areas touch."""
    return np.asarray(touch[chosen[:, :, None], chosen[:, None, :]].sum(axis=(1, 2)) // 2)
