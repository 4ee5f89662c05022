"""Who is meant by what was typed into the search box, however many people there are?"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from clinic.kit.compiled import AnyOf, Compiled
from patients.registration.models import Patient
from patients.registration.queries.people import PersonRow, also_of, in_lists, rows_of_people
from patients.registration.queries.statements import (
    LEAST_PART,
    MOST_COMPARED,
    MOST_FOUND,
    MOST_READ,
    Statements,
    shape_of,
    statements_of,
    values_of,
)
from patients.registration.rules import MOST_SEARCH_WORDS, wanted

# How much of a word must be shared with a name, in trigrams: "nguyne" finds Nguyen, "smith" does not find Sato.
LIKENESS: Final = "0.5"
FOLD: Final = "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true), stepwell_fold_one(%s)"
# Comparing every name for likeness takes much longer than PostgreSQL reckons; its index is then always the quicker way.
BY_INDEX: Final = "SELECT set_config('enable_seqscan', %s, true)"


def search(typed: str, *, today: date) -> list[PersonRow]:
    """People whom the words can mean, the likeliest first; one more than `MOST_FOUND` when there are more.

    First comes whose record number begins so; then those of whom each word begins a part of the name, the more alike
    the earlier; then those in whose name the words stand elsewhere or a little otherwise. Equals go by name.

    Words that fit more than `MOST_COMPARED` people are not compared with each of them. Whoever is called exactly so,
    or whose record number begins so, still comes first; the others whose name begins so follow by name. Of the names
    in which the words stand elsewhere or otherwise, that many are compared, whichever the index gives.

    Somebody merged into another is found by either name, once, as the record that stands for both.
    """
    want = wanted(typed, today)
    if want.is_nothing:
        return []
    with transaction.atomic(savepoint=False):
        words = folded_words(want.names)
        if want.names and not words:
            return []
        found = _listed(_found(statements_of(shape_of(want, words)), values_of(want, words)))
    return rows_of_people(found, today)[: MOST_FOUND + 1]


def folded_words(names: str) -> list[str]:
    """The words as `search_text` writes them. Sets for this transaction how alike a word has to be."""
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [LIKENESS, names])
        folded: str = cursor.fetchone()[1]
    return folded.split()[:MOST_SEARCH_WORDS]


def _found(ask: Statements, values: Mapping[str, Any]) -> list[UUID]:
    found, is_crowd = _compared(ask.begun, values)
    if is_crowd:
        return _of_a_crowd(ask, values)
    if len(found) < MOST_READ and any(length >= LEAST_PART for length in ask.shape.words):
        found += _elsewhere(ask, values)
    return found


def _elsewhere(ask: Statements, values: Mapping[str, Any]) -> list[UUID]:
    """Those in whose name the words stand within a part, or a little otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX, ["off"])
        found, _ = _compared(ask.elsewhere, values)
        cursor.execute(BY_INDEX, ["on"])
    return found


def _of_a_crowd(ask: Statements, values: Mapping[str, Any]) -> list[UUID]:
    """Those who are called exactly so, then those whose name begins so: each found on its own, through an index."""
    found, is_crowd = _compared(ask.exact, values) if ask.names_exactly else ([], False)
    if is_crowd:
        found = _by_name(ask.exact_by_name, values)
    if len(found) < MOST_READ:
        found += _by_name(ask.others_by_name, values)
    return found


def _compared(ask: Compiled, values: Mapping[str, Any]) -> tuple[list[UUID], bool]:
    """The likeliest of those who were compared, and whether there are more than these."""
    found = ask.tuples(**values)
    return [record_id for record_id, _ in found], bool(found) and found[0][1] > MOST_COMPARED


def _by_name(ask: Compiled, values: Mapping[str, Any]) -> list[UUID]:
    return [record_id for (record_id,) in ask.tuples(**values)]


def _listed(found: list[UUID]) -> list[Patient]:
    """The records of these ids, in their order."""
    records = {record.pk: record for record in LISTED.models(records=found)} if found else {}
    return [records[record_id] for record_id in found]


LISTED: Final = Compiled(
    lambda records: in_lists(Patient.objects.filter(AnyOf(F("pk"), records))).annotate(also=also_of("person_id")),
    slots={"records": UUID},
)
