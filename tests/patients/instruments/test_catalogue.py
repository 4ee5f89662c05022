"""Does the catalogue say what the forms say?"""

import pytest

from clinic.kit.refusals import Refusal
from patients.instruments.catalogue import INSTRUMENTS, UnknownInstrument, instrument


@pytest.mark.parametrize(("code", "items", "maximum"), [("phq9", 9, 27), ("gad7", 7, 21)])
def test_instrument_has_its_items_and_range(code, items, maximum):
    form = instrument(code)

    assert [item.number for item in form.items] == list(range(1, items + 1))
    assert (form.minimum, form.maximum) == (0, maximum)
    assert [option.value for option in form.answers] == [0, 1, 2, 3]
    assert [option.label for option in form.answers] == [
        "Not at all",
        "Several days",
        "More than half the days",
        "Nearly every day",
    ]


@pytest.mark.parametrize("code", ["phq9", "gad7"])
def test_instrument_bands_cover_every_total_once(code):
    form = instrument(code)

    for total in range(form.minimum, form.maximum + 1):
        assert sum(band.low <= total <= band.high for band in form.bands) == 1
        assert form.band_for(total).low <= total <= form.band_for(total).high


def test_phq9_says_the_words_of_the_form():
    form = instrument("phq9")

    assert form.items[0].text == "Little interest or pleasure in doing things"
    assert form.items[8].text == "Thoughts that you would be better off dead or of hurting yourself in some way"
    assert form.safety_item == 9
    assert form.items[8].loinc == "44260-8"
    assert form.loinc_total == "44261-6"
    assert form.difficulty is not None
    assert [option.label for option in form.difficulty.answers][-1] == "Extremely difficult"


def test_gad7_has_no_suicide_question_and_no_difficulty_question():
    form = instrument("gad7")

    assert form.safety_item is None
    assert form.difficulty is None
    assert form.loinc_total == "70274-6"


@pytest.mark.parametrize("code", sorted(INSTRUMENTS))
def test_instrument_names_its_source_and_licence(code):
    form = instrument(code)

    assert "No permission required" in form.licence
    assert form.source
    assert form.version


@pytest.mark.parametrize("code", ["", "PHQ9", "phq-9", "cssrs"])
def test_instrument_unknown_is_refused_with_the_codes_there_are(code):
    with pytest.raises(UnknownInstrument, match="phq9, gad7") as refused:
        instrument(code)

    assert isinstance(refused.value, Refusal)
