"""Which texts can be read, and what is kept of them; docs/adr/0014."""

import pytest

from clinic.kit.characters import as_kept, has_odd_character, has_readable_character


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien-Smith",
        "Nguyễn",
        "محمد",
        "李",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\U0001f3fd\u200d\u2695\ufe0f",
        "{{7*7}} <b> ' OR 1=1-- %s",
    ],
)
def test_text_of_any_script_is_read(text):
    assert not has_odd_character(text)
    assert has_readable_character(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x1b[31m",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "a\ufeffb",
        f"a{chr(0xD800)}b",
        "a\ufffeb",
        "a\ue000b",
        "a\ufffdb",
        "a\u200d",
        "\u200ca",
    ],
    ids=ascii,
)
def test_character_that_cannot_be_read_is_odd(text):
    assert has_odd_character(text)
    assert has_odd_character(text, lines=True)


@pytest.mark.parametrize("between", ["\n", "\t", "\u2028", "\u2029"], ids=ascii)
def test_break_is_odd_in_one_line_and_not_in_many(between):
    assert has_odd_character(f"a{between}b")
    assert not has_odd_character(f"a{between}b", lines=True)


@pytest.mark.parametrize("text", ["", "  ", "\u3164", "\u2800", "\ufe0f\ufe0f", "\u034f", "\U000e0101"], ids=ascii)
def test_text_that_leaves_no_trace_is_not_readable(text):
    assert not has_readable_character(text)


def test_text_is_kept_composed_trimmed_and_with_plain_line_ends():
    assert as_kept(" \u00a0Jose\u0301\r\nsaid\rso \n") == "José\nsaid\nso"
