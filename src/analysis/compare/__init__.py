"""What mobilising changed, how sure we can be, and what cannot be known with so few areas.

A :class:`Design` is made once from a long table (:func:`read_design`); every estimator takes it and returns
one :class:`Effect`. ``headline`` is the answer; the others stand beside it.
"""

from analysis.compare.balance import balance
from analysis.compare.contrasts import headline
from analysis.compare.design import Contrast, Design, Window, contrast, read_design
from analysis.compare.opinions.estimators import ESTIMATORS, compare
from analysis.compare.opinions.event_study import event_study
from analysis.compare.opinions.honest import honest
from analysis.compare.opinions.ppml import ppml
from analysis.compare.opinions.regression import collapsed, did, ri
from analysis.compare.opinions.staggered import bacon, bjs, cs
from analysis.compare.opinions.synthetic import sc, sdid
from analysis.compare.opinions.wild import wcb
from analysis.compare.result import EFFECT_COLUMNS, Effect, effects_table
from analysis.compare.studied import Push, Study
from analysis.compare.study import push_headlines, push_of, study_campaign, study_push
from analysis.compare.verdict import Verdict, verdict

__all__ = [
    "EFFECT_COLUMNS",
    "ESTIMATORS",
    "Contrast",
    "Design",
    "Effect",
    "Push",
    "Study",
    "Verdict",
    "Window",
    "bacon",
    "balance",
    "bjs",
    "collapsed",
    "compare",
    "contrast",
    "cs",
    "did",
    "effects_table",
    "event_study",
    "headline",
    "honest",
    "ppml",
    "push_headlines",
    "push_of",
    "read_design",
    "ri",
    "sc",
    "sdid",
    "study_campaign",
    "study_push",
    "verdict",
    "wcb",
]
