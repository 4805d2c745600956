"""What the report says, in the order an official reads it."""

from collections.abc import Iterator, Mapping

from analysis import say
from analysis.campaign import Language
from analysis.inert import inert
from analysis.report.document import Answer, Document, Section
from analysis.report.evidence import Evidence
from analysis.report.first_screen import answers, points
from analysis.report.numbers import Numbers
from analysis.report.proposals import proposals
from analysis.report.sections import grounds, outlook, standing, worked
from analysis.report.sections.material import Material
from analysis.report.table import Table
from analysis.report.words import sentences

_SECTIONS = (
    ("areas", standing.areas),
    ("make_it", outlook.make_it),
    ("worked", worked.worked),
    ("reviewers", worked.reviewers),
    ("published", grounds.published),
    ("data", grounds.data),
    ("method", grounds.method),
)


_FOLDED = ("reviewers", "published", "data", "method")  # for those who want to know more


def compose(
    evidence: Evidence,
    numbers: Numbers,
    tables: Mapping[str, Table],
    language: Language,
    *,
    public: bool = False,
) -> Document:
    """Compose the report in one language from the same numbers and tables as every other form."""
    material = Material(language, numbers, evidence, tables, public=public)
    workspace = evidence.workspace
    simulated = workspace.campaign.simulated
    return Document(
        language=language,
        title=inert(workspace.campaign.name(language)),
        kicker=sentences.period_title(material, evidence.standing, silent=material.silent),
        as_of=material.say(
            "as_of",
            instant=say.instant(workspace.as_of, language),
            zone=say.zone_name(workspace.campaign.zone, language),
        ),
        data_mark=material.say("simulated_mark" if simulated else "real_mark"),
        banner=_banner(material),
        answers=tuple(answers(material)),
        points_head=material.say("main_points" if len(evidence.drift) > 1 else "key_points"),
        points=tuple(dict.fromkeys(points(material))),
        proposals=proposals(material),
        sections=tuple(
            Section(key, material.say(_heading(key, material)), parts, folded=key in _FOLDED)
            for key, blocks in _SECTIONS
            if (parts := tuple(blocks(material)))
        ),
        foot=tuple(_foot(material)),
    )


def _heading(key: str, material: Material) -> str:
    """Name the phrase above a section; without a target nobody asks whether it will be met."""
    return "section_course" if key == "make_it" and not material.aimed else f"section_{key}"


def _banner(material: Material) -> str:
    """Say that the data are simulated, and which part of the report is not; nothing where they are real."""
    workspace = material.evidence.workspace
    if not workspace.campaign.simulated:
        return ""
    real = any(
        one.area is not None and one.date <= workspace.last_day for one in workspace.campaign.published
    )
    return " ".join(material.say(one) for one in ("simulated_banner", "banner_published")[: 1 + real])


def _foot(material: Material) -> Iterator[str]:
    """Say what a public report leaves out, whom to ask, and when the next report is due."""
    workspace = material.evidence.workspace
    if material.public:
        yield material.say("public_line", threshold=workspace.campaign.public_threshold)
    if workspace.campaign.issuer.contact:
        yield material.say(
            "contact_line", contact=inert(workspace.campaign.issuer.contact(material.language))
        )
    if material.numbers["next_report"].known:
        yield material.say("next_line")


def in_a_line(answer: Answer) -> str:
    """Return an answer as one sentence, its figure in brackets where there is one."""
    return f"{answer.question} {answer.verdict}{f' ({answer.said})' if answer.said else ''}."


def headline(evidence: Evidence, numbers: Numbers, language: Language) -> list[str]:
    """Say the first screen in a few lines of plain text."""
    material = Material(language, numbers, evidence, {})
    verdicts = [in_a_line(one) for one in answers(material)]
    lines = list(dict.fromkeys([*verdicts, *points(material)]))
    return [*filter(None, (_banner(material),)), *lines]
