"""Where something stops being so, beyond zero."""

from collections.abc import Callable


def edge(
    so: Callable[[float], bool], first: float, *, last: float, halvings: int, growth: float = 2.0
) -> tuple[float, float] | None:
    """Bracket the place beyond zero at which something that is so at zero stops being so.

    Parameters
    ----------
    first, last
        Where it is looked for first, and beyond which it is not.
    halvings
        How often the bracket is halved.

    Returns
    -------
    tuple or None
        The last place found where it is so, and the first where it is not; ``None`` where there is none.
    """
    inside, outside = 0.0, first
    while so(outside):
        inside, outside = outside, growth * outside
        if outside > last:
            return None
    for _ in range(halvings):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if so(middle) else (inside, middle)
    return inside, outside
