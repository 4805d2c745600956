"""Where a drive stands: what is known of every area until when, and nothing of any later day.

The one home of count, share, increase, pace and pace needed, of each area, each parent and all together.
Notebooks, report, message and status print what stands here; nobody computes it again.

Two rules hold throughout. A figure is of a day on which somebody counted: a day between two tallies is no
figure. A sum over a period is over the areas that counted on both its ends, and two periods are compared over
the same areas, those without a push in either.
"""

from analysis.standing.record import NAME, Data, Phase, Standing, as_date
from analysis.standing.stand import stand
