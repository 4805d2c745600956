"""What was published on the first vaccine lottery, from the files as they were on each day."""

import pytest

from analysis.campaign import load_campaign
from analysis.compare import sc
from analysis.errors import InputError
from analysis.tallies.fetch import fetch
from analysis.validation.replicate import first_alone, gap_table, refits_table, weights_table

COMPLETE = ("Series_Complete_Yes", "Administered_Dose2_Recip", "Administered_Dose2")
LAST_DRAWING = "2021-06-23"


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "us_vaccination_2021")


@pytest.fixture(scope="module")
def design(campaign, tmp_path_factory, request):
    """Read the fetched files, or a copy fetched into a folder of the test's own from those kept beside."""
    if not (campaign.folder / "received.csv").exists():
        kept = request.getfixturevalue("shared") / "data" / "us_vaccination" / "raw_csv"
        campaign = elsewhere(campaign, tmp_path_factory.mktemp("us"))
        fetch(campaign, kept)
    return first_alone(campaign, COMPLETE, "Census2019", LAST_DRAWING)


def elsewhere(campaign, folder):
    sources = (campaign.folder / "sources.csv").read_bytes()
    (folder / "sources.csv").write_bytes(sources)
    return campaign.model_copy(update={"folder": folder})


@pytest.fixture(scope="module")
def ohio(design):
    return sc(design)


@pytest.mark.real_data
class TestOhio:
    def test_synthetic_ohio_is_the_published_one(self, ohio, design):
        """Lang, Esbenshade and Willer (2022): eight donors, 1.3 points below at the end."""
        gaps = gap_table(ohio, design).set_index("time")["gap"]
        assert gaps.index.tolist() == list(range(-17, 7))
        assert round(gaps[6], 1) == -1.3
        weights = weights_table(ohio)
        assert len(weights) == 8
        assert {"KS", "WI", "VA", "GA", "CT", "IA", "HI"} < set(weights["area"])

    def test_exact_inference_agrees_that_it_cannot_be_told(self, ohio):
        assert (ohio.n_treated, ohio.n_control) == (1, 32)
        assert ohio.p_min == pytest.approx(1 / 33)
        assert ohio.p_value == pytest.approx(19 / 33)

    def test_the_refits_are_those_the_p_value_counts(self, ohio, design):
        refits = refits_table(ohio, design)
        rank = int(refits.index[refits["treated"]][0]) + 1
        assert rank == 19
        assert len(refits) == 33


def test_a_count_under_no_known_name_is_one_clear_error(campaign, tmp_path):
    here = elsewhere(campaign, tmp_path)
    (tmp_path / "tallies").mkdir()
    sources = (tmp_path / "sources.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "sources.csv").write_text("".join(sources[:2]), encoding="utf-8")
    (tmp_path / "tallies" / "2021-01-12.csv").write_text("Location,Census2019,Shots\nOH,100,5\n")
    with pytest.raises(InputError, match=r"2021-01-12.csv: no column Doses or Jabs; it has Location, Census"):
        first_alone(here, ("Doses", "Jabs"), "Census2019", LAST_DRAWING)


def test_files_that_were_not_fetched_are_one_clear_error(campaign, tmp_path):
    with pytest.raises(InputError, match=r"158 of 158 files are not there; run `analysis fetch us_vacc"):
        first_alone(elsewhere(campaign, tmp_path), COMPLETE, "Census2019", LAST_DRAWING)


def test_a_campaign_without_mobilisations_has_nothing_to_compare(campaign):
    bare = campaign.model_copy(update={"mobilisations": ()})
    with pytest.raises(InputError, match="no mobilisation; nothing to set side by side"):
        first_alone(bare, COMPLETE, "Census2019", LAST_DRAWING)
