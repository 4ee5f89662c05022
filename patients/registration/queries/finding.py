"""Who is meant by what was typed into the search box, however many people there are?"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, TextField, Value, When, Window
from django.db.models.lookups import Exact

from clinic.kit.compiled import AnyOf, Compiled
from patients.registration.models import NAME_PARTS, Patient
from patients.registration.queries.people import PersonRow, also_of, in_lists, rows_of_people
from patients.registration.rules import MOST_SEARCH_WORDS, Wanted, wanted

MOST_FOUND: Final = 30
# Records read: several may be of one person.
MOST_READ: Final = MOST_FOUND + 10
# Records that are compared with the words. More of them than this and the words say too little to compare by.
MOST_COMPARED: Final = 300
# Below these lengths a part of a word, or a word like it, is found in nearly every name.
LEAST_PART: Final = 3
LEAST_LIKE: Final = 4
# How much of a word must be shared with a name, in trigrams: "nguyne" finds Nguyen, "smith" does not find Sato.
LIKENESS: Final = "0.5"
NOBODY: Final = Q(pk__in=[])
BY_NAME: Final = ("family_name", "given_name", "id")
FOLD: Final = "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true), stepwell_fold_one(%s)"
# Comparing every name for likeness takes much longer than PostgreSQL reckons; its index is then always the quicker way.
BY_INDEX: Final = "SELECT set_config('enable_seqscan', %s, true)"


class Fits(Exact):
    """For a filter that compares the parts of a name with words as PostgreSQL writes them: `'mar':* & 'gr':*`."""

    def get_rhs_op(self, _connection: Any, rhs: str) -> str:
        return f"@@ {rhs}::tsquery"


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
        found = _listed(_found(want, words))
    return rows_of_people(found, today)[: MOST_FOUND + 1]


def folded_words(names: str) -> list[str]:
    """The words as `search_text` writes them. Sets for this transaction how alike a word has to be."""
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [LIKENESS, names])
        folded: str = cursor.fetchone()[1]
    return folded.split()[:MOST_SEARCH_WORDS]


def all_words(words: list[str]) -> Q:
    """Each word stands in the name."""
    every = Q()
    for word in words:
        every &= _one_word(word)
    return every


def _found(want: Wanted, words: list[str]) -> list[UUID]:
    asked = _with_numbers(want)
    # One beginning alone may fit a crowd, which is met sooner by reading names than by collecting all who fit.
    begun = asked.filter(_parts(words, ":*") if len(words) > 1 else _all_begin(words))
    found, is_crowd = _compared(begun, want, words)
    if is_crowd:
        return _of_a_crowd(asked, want, words)
    if len(found) < MOST_READ and any(len(word) >= LEAST_PART for word in words):
        found += _elsewhere(asked, want, words)
    return found


def _elsewhere(asked: QuerySet[Patient], want: Wanted, words: list[str]) -> list[UUID]:
    """Those in whose name the words stand within a part, or a little otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX, ["off"])
        found, _ = _compared(asked.filter(all_words(words)).exclude(_all_begin(words)), want, words)
        cursor.execute(BY_INDEX, ["on"])
    return found


def _of_a_crowd(asked: QuerySet[Patient], want: Wanted, words: list[str]) -> list[UUID]:
    """Those who are called exactly so, then those whose name begins so: each found on its own, through an index."""
    exact = _record(want) if want.record_number else _parts(words) if words else NOBODY
    found, is_crowd = _compared(asked.filter(exact), want, words)
    if is_crowd:
        found = _by_name(asked.filter(exact))
    if len(found) < MOST_READ:
        found += _by_name(asked.filter(_all_begin(words)).exclude(exact))
    return found


def _compared(people: QuerySet[Patient], want: Wanted, words: list[str]) -> tuple[list[UUID], bool]:
    """The likeliest of at most `MOST_COMPARED`, and whether there are more than these."""
    some = Patient.objects.filter(pk__in=people.order_by().values("pk")[: MOST_COMPARED + 1])
    order: list[str] = []
    if want.record_number:
        some = some.alias(rank=Case(When(_record(want), then=0), default=1, output_field=IntegerField()))
        order.append("rank")
    if words:
        some = some.alias(alike=TrigramWordSimilarity(" ".join(words), F("search_text")))
        order.append("-alike")
    found = list(some.order_by(*order, *BY_NAME).values_list("pk", Window(Count("*")))[:MOST_READ])
    return [record_id for record_id, _ in found], bool(found) and found[0][1] > MOST_COMPARED


def _by_name(people: QuerySet[Patient]) -> list[UUID]:
    return list(people.order_by(*BY_NAME).values_list("pk", flat=True)[:MOST_READ])


def _listed(found: list[UUID]) -> list[Patient]:
    """The records of these ids, in their order."""
    records = {record.pk: record for record in LISTED.models(records=found)} if found else {}
    return [records[record_id] for record_id in found]


LISTED: Final = Compiled(
    lambda records: in_lists(Patient.objects.filter(AnyOf(F("pk"), records))).annotate(also=also_of("person_id")),
    slots={"records": UUID},
)


def _with_numbers(want: Wanted) -> QuerySet[Patient]:
    people = Patient.objects.all()
    if want.birth_dates:
        people = people.filter(birth_date__in=want.birth_dates)
    if want.phone_digits or want.record_number:
        people = people.filter(_numbers(want))
    return people


def _numbers(want: Wanted) -> Q:
    """Part of a phone number, or the beginning of a record number."""
    if not want.phone_digits:
        return _record(want)
    return _record(want) | Q(phone__icontains=want.phone_digits)


def _record(want: Wanted) -> Q:
    return Q(record_number__startswith=want.record_number) if want.record_number else NOBODY


def _parts(words: list[str], or_longer: str = "") -> Q:
    """Each word is a part of the name, or its beginning: what the index of parts answers."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return Q(Fits(NAME_PARTS, " & ".join(f"'{word}'{or_longer}" for word in quoted))) if words else Q()


def _all_begin(words: list[str]) -> Q:
    every = Q()
    for word in words:
        every &= _begins(word)
    return every


def _one_word(word: str) -> Q:
    """A word stands in the name: at the start of a part of it, within it, or typed a little wrong."""
    if len(word) < LEAST_PART:
        return _begins(word)
    found = Q(search_text__contains=word)
    if len(word) >= LEAST_LIKE:
        found |= Q(TrigramWordSimilar(F("search_text"), Value(word, output_field=TextField())))
    return found


def _begins(word: str) -> Q:
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
