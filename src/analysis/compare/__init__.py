"""What mobilising changed, how sure we can be, and what cannot be known with so few areas.

A :class:`Design` is made once from a long table (:func:`read_design`); every estimator takes it and returns
one :class:`Effect`. ``headline`` is the answer; the others stand beside it.
"""

from analysis.compare.balance import balance
from analysis.compare.contrasts import headline
from analysis.compare.design import Contrast, Design, Window, contrast, read_design
from analysis.compare.regression import did, ri
from analysis.compare.result import EFFECT_COLUMNS, Effect, effects_table

__all__ = [
    "EFFECT_COLUMNS",
    "Contrast",
    "Design",
    "Effect",
    "Window",
    "balance",
    "contrast",
    "did",
    "effects_table",
    "headline",
    "read_design",
    "ri",
]
