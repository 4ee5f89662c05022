import pytest

from clinic.reports.rules import code_words, column_words


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("dose_mg_per_kg", "Dose, mg/kg"),
        ("rate_ml_h", "Rate, mL/h"),
        ("bag_volume_ml", "Bag volume, mL"),
        ("hold_heart_rate_low_bpm", "Hold heart rate low, per minute"),
        ("spo2_percent", "SpO₂, %"),
        ("hold_spo2_percent", "Hold SpO₂, %"),
        ("dose_mg_exact", "Dose before rounding, mg"),
        ("recorded_by", "Recorded by"),
        ("basic", "Basic"),
    ],
)
def test_a_column_is_a_label_with_its_unit(column, words):
    assert column_words(column) == words


def test_a_column_with_words_of_its_own_keeps_them():
    assert column_words("family_name", "legal family name") == "Legal family name"


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("code", "recent_stroke", "Recent stroke"),
        ("to_state", "scheduled", "Scheduled"),
        ("code", "As typed_", "As typed_"),
        ("goal", "back_to_work", "back_to_work"),
    ],
)
def test_only_a_code_is_put_into_words(column, value, words):
    assert code_words(column, value) == words
