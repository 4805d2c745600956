"""Which areas touch."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.compare.choices import NUMBERS
from analysis.compare.design import Mask


def touching(areas: Sequence[str], borders: Iterable[tuple[str, str]]) -> NDArray[np.int64]:
    """``(E, 2)`` places of two areas that touch, each pair once; pairs of other areas say nothing."""
    place = {name: at for at, name in enumerate(areas)}
    found = {tuple(sorted((place[a], place[b]))) for a, b in borders if a in place and b in place and a != b}
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def pairs_touching(chosen: NDArray[np.int64], n: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """``(R,)`` how many pairs of each choice's ``(R, k)`` areas, of ``n``, touch."""
    block, found = max(1, NUMBERS // max(n, len(pairs))), [np.zeros(0, dtype=np.int64)]
    for first in range(0, len(chosen), block):
        rows = chosen[first : first + block]
        held = np.zeros((len(rows), n), dtype=bool)
        np.put_along_axis(held, rows, True, axis=1)
        found.append((held[:, pairs[:, 0]] & held[:, pairs[:, 1]]).sum(axis=1))
    return np.concatenate(found)


def beside(own: Mask, pairs: NDArray[np.int64]) -> Mask:
    """``(n,)`` true for areas that touch one of our own."""
    found, both = np.zeros_like(own), np.vstack([pairs, pairs[:, ::-1]])
    found[both[own[both[:, 0]], 1]] = True
    return found
