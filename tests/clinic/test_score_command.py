"""The score command: JSON lines in, the same lines scored out."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


@pytest.fixture
def run_score(monkeypatch):
    """Give a function that feeds bytes to the command and returns its lines, and the error if there was one."""

    def run(given: bytes):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        out, error = io.StringIO(), None
        try:
            call_command("score", stdout=out)
        except CommandError as failure:
            error = str(failure)
        return [json.loads(line) for line in out.getvalue().splitlines()], error

    return run


def test_score_writes_each_line_back_with_its_score(run_score):
    given = (
        b'{"instrument": "phq9", "answers": [2,3,2,3,1,2,null,1,0], "id": "A-1"}\n'
        b'{"instrument": "gad7", "answers": [1,1,1,1,1,1,1]}\n'
    )

    lines, error = run_score(given)

    assert error is None
    assert lines == [
        {
            "instrument": "phq9",
            "answers": [2, 3, 2, 3, 1, 2, None, 1, 0],
            "id": "A-1",
            "total": 16,
            "band": "moderately severe",
            "missing": [7],
            "prorated": True,
            "flags": [],
        },
        {
            "instrument": "gad7",
            "answers": [1, 1, 1, 1, 1, 1, 1],
            "total": 7,
            "band": "mild",
            "missing": [],
            "prorated": False,
            "flags": [],
        },
    ]


def test_score_ignores_a_total_that_came_with_the_line(run_score):
    lines, error = run_score(b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,0], "total": 21, "band": "severe"}')

    assert error is None
    assert (lines[0]["total"], lines[0]["band"]) == (0, "minimal")


def test_score_of_too_many_blanks_is_null_and_no_error(run_score):
    lines, error = run_score(b'{"instrument": "gad7", "answers": [null,null,null,0,0,0,0]}')

    assert error is None
    assert (lines[0]["total"], lines[0]["band"], lines[0]["flags"]) == (None, None, ["not_scored"])


def test_score_goes_on_after_bad_lines_and_fails_at_the_end(run_score):
    good = b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,0]}\n'
    bad = [
        b"not json\n",
        b"[]\n",
        b"{}\n",
        b'{"instrument": "gad7"}\n',
        b'{"instrument": "gad7", "answers": "0000000"}\n',
        b'{"instrument": 7, "answers": []}\n',
        b'{"instrument": "madrs", "answers": []}\n',
        b'{"instrument": "gad7", "answers": [0,0,0,0,0,0]}\n',
        b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,4]}\n',
        b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,1.0]}\n',
        b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,true]}\n',
        b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,NaN]}\n',
        b'{"instrument": "gad7", "instrument": "gad7", "answers": []}\n',
        b'{"note": "\\ud800"}\n',
        b"\xff\xfe\n",
        b"[" * 60_000 + b"\n",
        b'{"instrument": "' + b"x" * 200_000 + b'"}\n',
    ]

    lines, error = run_score(good.join(bad) + good)

    assert error == "17 of 34 lines could not be scored. Each says why in “error”."
    assert [("error" in line) for line in lines] == [True, False] * 17
    assert all(line["total"] == 0 for line in lines[1::2])
    assert all(line["error"].endswith(".") for line in lines[::2])


def test_score_keeps_what_came_with_a_bad_line(run_score):
    lines, _ = run_score(b'{"instrument": "gad7", "answers": [0,0,0,0,0,0,9], "id": "B-2", "weight": 62.5}')

    assert (lines[0]["id"], lines[0]["weight"], lines[0]["answers"][6]) == ("B-2", 62.5, 9)
    assert "question 7 of GAD-7" in lines[0]["error"]


def test_score_of_nothing_is_nothing(run_score):
    assert run_score(b"") == ([], None)
    assert run_score(b"\n  \n\r\n") == ([], None)
