"""What mobilising changed, how sure we can be, and what cannot be known with so few areas.

A :class:`Design` is made once from a long table (:func:`read_design`); every estimator takes it and returns
one :class:`Effect`. ``headline`` is the answer; the others stand beside it.
"""

from analysis.compare.balance import balance
from analysis.compare.contrasts import headline
from analysis.compare.design import Design, Window, read_design
from analysis.compare.opinions.estimators import ESTIMATORS, compare
from analysis.compare.opinions.ppml import ppml
from analysis.compare.opinions.regression import collapsed, did, ri
from analysis.compare.opinions.staggered import bacon, bjs, cs
from analysis.compare.opinions.synthetic import sc, sdid
from analysis.compare.opinions.wild import wcb
from analysis.compare.result import EFFECT_COLUMNS, Effect
from analysis.compare.studied import Push
from analysis.compare.study import push_headlines, push_of, study_campaign, study_push
from analysis.compare.verdict import verdict
