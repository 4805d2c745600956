"""Which notebooks there are, what each comes after, and what each must leave behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from analysis.contract import parts


@dataclass(frozen=True)
class Step:
    """A notebook, the steps whose files it reads, and the files it writes.

    ``data`` must be there when it is done and ``may`` can be; any other file among the processed data is a
    fault, because nobody would know whose it is. ``report`` must be in the report's folder, beside whatever
    else the step puts there. One that is ``published`` also reads forecasts that earlier reports keep.
    """

    notebook: str
    after: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    published: bool = False


STEPS = tuple(
    Step(one.step, one.after, tuple(made.name for made in one.artifacts), (), one.report, one.published)
    for one in parts()
)


def waves(steps: Sequence[Step], *, together: bool = True) -> list[list[Step]]:
    """Group steps so that each comes after all it needs; those of one group can run side by side.

    Unless ``together``, a group is one step.
    """
    order = TopologicalSorter({step.notebook: step.after for step in steps})
    order.prepare()
    groups: list[list[Step]] = []
    while order.is_active():
        ready = order.get_ready()
        group = [step for step in steps if step.notebook in ready]
        groups += [group] if together else [[step] for step in group]
        order.done(*ready)
    return groups
