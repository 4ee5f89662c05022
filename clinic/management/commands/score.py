"""Score questionnaires given as JSON lines on standard input; needs no database."""

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from clinic.kit.json_guard import JsonRefused, read_json
from clinic.kit.refusals import Refusal
from patients.instruments.rules.scoring import score

MAX_LINE_BYTES = 64 * 1024


class LineRefused(Refusal):
    """A line is JSON, and yet not a questionnaire to score."""


class Command(BaseCommand):
    help = (
        'Read JSON lines such as {"instrument": "phq9", "answers": [0, 1, null, ...]} from standard input and write '
        "each back with total, band, missing, prorated and flags. A line that cannot be scored comes back with "
        '"error", and the exit status is then 1.'
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Score every line; bad lines do not stop the others."""
        lines = failed = 0
        for raw in _lines(sys.stdin.buffer):
            lines += 1
            result, is_scored = score_line(raw)
            failed += not is_scored
            # Only Decimal needs help: what came in as a number goes back as one.
            self.stdout.write(json.dumps(result, default=float))
        if failed:
            raise CommandError(f"{failed} of {lines} lines could not be scored. Each says why in “error”.")


def score_line(raw: bytes) -> tuple[dict[str, Any], bool]:
    """Score one line; returns what to write and whether it was scored."""
    try:
        given = read_json(raw, max_bytes=MAX_LINE_BYTES)
    except JsonRefused as refusal:
        return {"error": str(refusal)}, False
    if not isinstance(given, dict):
        return {"error": "This line is not a JSON object. Write {…} with instrument and answers."}, False
    try:
        return {**given, **_scored(given)}, True
    except Refusal as refusal:
        return {**given, "error": str(refusal)}, False


def _scored(given: dict[str, Any]) -> dict[str, Any]:
    code, answers = given.get("instrument"), given.get("answers")
    if not isinstance(code, str):
        raise LineRefused("“instrument” is missing or is not text. Give a code such as phq9.")
    if not isinstance(answers, list):
        raise LineRefused("“answers” is missing or is not a list. Give one answer a question, null for a blank.")
    result = score(code, answers)
    return {
        "total": result.total,
        "band": result.band_label.lower() if result.band_label else None,
        "missing": list(result.missing),
        "prorated": result.prorated,
        "flags": list(result.flags),
    }


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines without blank ones; an overlong line is cut just past the limit, so memory stays small."""
    while raw := stream.readline(MAX_LINE_BYTES + 2):
        rest = raw
        while not rest.endswith(b"\n") and len(rest) == MAX_LINE_BYTES + 2:
            rest = stream.readline(MAX_LINE_BYTES + 2)
        if raw.strip():
            yield raw.rstrip(b"\r\n")
