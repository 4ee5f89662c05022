import pytest

from bench.report import Figures

FINE = {
    "title": "a page",
    "at_most": 3,
    "ratio": 3.0,
    "server_ms": 9.0,
    "median_ms": {1: 9.5},
    "p95_ms": {1: 12.0},
    "requests": 40,
    "queries": 12,
    "fewest_queries": 12,
    "bytes_raw": 90_000,
    "bytes_compressed": 30_000,
    "bytes_first_visit": 200_000,
    "growth": 1.3,
}


def test_a_row_at_its_figures_misses_none():
    assert list(Figures(**FINE).misses()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ratio", 3.01, "3.01× instead of 3×"),
        ("fewest_queries", 11, "11 to 12 queries instead of always the same"),
        ("bytes_compressed", 30_001, "30.0 kB instead of 30"),
        ("bytes_first_visit", 200_001, "200.0 kB on a first visit instead of 200"),
        ("growth", 1.31, "grows 1.31× instead of 1.3×"),
    ],
)
def test_a_row_says_what_is_more_than_it_should_be(name, value, said):
    assert list(Figures(**{**FINE, name: value}).misses()) == [said]


def test_a_row_of_the_smallest_clinic_grows_from_nothing():
    assert list(Figures(**{**FINE, "growth": None}).misses()) == []


def test_a_row_with_more_queries_than_allowed_says_so():
    found = list(Figures(**{**FINE, "queries": 13, "fewest_queries": 13}).misses())

    assert found == ["13 queries instead of 12"]
