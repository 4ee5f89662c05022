"""How is JSON from outside read?"""

import time
from decimal import Decimal

import pytest

from clinic.kit.json_guard import MAX_BYTES, MAX_DEPTH, JsonRefused, read_json


def test_json_is_read_with_exact_numbers():
    value = read_json(
        '{"rate": 62.5, "count": 3, "small": 1e-3, "on": true, "none": null, "who": "Ordóñez 👩🏽‍⚕️"}'.encode()
    )

    assert value == {
        "rate": Decimal("62.5"),
        "count": 3,
        "small": Decimal("0.001"),
        "on": True,
        "none": None,
        "who": "Ordóñez 👩🏽‍⚕️",
    }
    assert isinstance(value["rate"], Decimal)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not valid JSON"),
        (b"nope", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'{"a": 1} {"b": 2}', "not valid JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "not valid JSON"),
        (b'{"a": "\x01"}', "not valid JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a": "\\ud800"}', "cannot be stored"),
        (b'{"a": ["x", {"\\udfff": 1}]}', "cannot be stored"),
        (b'{"a": "\\u0000"}', "cannot be stored"),
        (b'{"\\u0000": 1}', "cannot be stored"),
        (b'{"a": NaN}', "not a number"),
        (b'{"a": Infinity}', "not a number"),
        (b'{"a": -Infinity}', "not a number"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b'{"x": {"a": 1, "a": 1}}', "given twice"),
        (b'{"a": 1e400}', "too large or too small"),
        (b'{"a": 1e-400}', "too large or too small"),
        (b'{"a": 1e99999999999999999999}', "too large or too small"),
        (b'{"a": ' + b"9" * 31 + b"}", "too long"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a": 0.' + b"1" * 40 + b"}", "too long"),
        (b'"' + b"x" * MAX_BYTES + b'"', "too large"),
    ],
)
def test_json_is_refused_with_a_sentence(raw, says):
    with pytest.raises(JsonRefused, match=says):
        read_json(raw)


def test_json_depth_is_refused_one_level_past_the_limit():
    fits = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    too_deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)

    assert read_json(fits) is not None
    with pytest.raises(JsonRefused, match="nested too deeply"):
        read_json(too_deep)


def test_json_of_a_hundred_thousand_brackets_is_refused():
    with pytest.raises(JsonRefused, match="nested too deeply"):
        read_json(b"[" * 100_000)


def test_json_brackets_and_digits_inside_text_do_not_count():
    text = "[{" * 50 + "9" * 100 + '\\"' + "]"

    assert read_json(f'["{text}"]'.encode()) == [text.replace('\\"', '"')]


def test_json_limits_can_be_set_by_the_caller():
    assert read_json(b"[[1]]", max_depth=2) == [[1]]
    with pytest.raises(JsonRefused, match="at most 1 levels"):
        read_json(b"[[1]]", max_depth=1)
    with pytest.raises(JsonRefused, match="at most 4 bytes"):
        read_json(b"[[1]]", max_bytes=4)


@pytest.mark.parametrize("raw", [b'"' + b"\\" * (MAX_BYTES - 2), b'\\"' * (MAX_BYTES // 2), b'"a' * (MAX_BYTES // 2)])
def test_json_made_to_be_slow_is_refused_quickly(raw):
    started = time.perf_counter()

    with pytest.raises(JsonRefused):
        read_json(raw)

    assert time.perf_counter() - started < 1


def test_json_surrogate_pair_is_one_character():
    assert read_json(b'"\\ud83d\\ude00"') == "😀"
