"""Which pairs of records are worth a judgement? Found through indexes, weighed roughly, the likeliest first."""

from typing import Final
from uuid import UUID

from django.db import connection

from patients.registration.rules import LIKELY
from patients.registration.rules.likeness import SAME_ADDRESS, SAME_DAY, SAME_EMAIL, SAME_NAME, SAME_PHONE, SWAPPED_DAY

MOST_CANDIDATES: Final = 60
# A phone, an e-mail or an address that so many records share is that of a house or of nobody: it does not lead to a
# pair, but weighs in one that name or birth date led to.
MOST_SHARING: Final = 12
# For each record of the stretch, a, the older ones, b, that share something with it: each part has an index of its own.
# A pair goes on if what it shares could at most weigh enough. A date with one other digit, or with day and month
# swapped, has two equal parts or the same three; of two names alike but for slips, more than 0.2 of all trigrams agree.
CANDIDATES: Final = """
WITH looked AS (
  SELECT * FROM patients_patient WHERE id < %(before)s ORDER BY id DESC LIMIT %(stretch)s
), weighed AS (
  SELECT a.id AS one, b.id AS other,
    CASE WHEN b.birth_date = a.birth_date THEN %(same_day)s
      WHEN (extract(year FROM b.birth_date) = extract(year FROM a.birth_date))::int
        + (extract(month FROM b.birth_date) = extract(month FROM a.birth_date))::int
        + (extract(day FROM b.birth_date) = extract(day FROM a.birth_date))::int = 2 THEN %(other_day)s
      WHEN extract(year FROM b.birth_date) = extract(year FROM a.birth_date)
        AND extract(month FROM b.birth_date) = extract(day FROM a.birth_date) THEN %(other_day)s
      ELSE 0 END
    + CASE WHEN b.phone = a.phone AND a.phone <> '' THEN %(same_phone)s ELSE 0 END
    + CASE WHEN lower(b.email) = lower(a.email) AND a.email <> '' THEN %(same_email)s ELSE 0 END
    + CASE WHEN lower(b.address) = lower(a.address) AND a.address <> '' THEN %(same_address)s ELSE 0 END
    + CASE WHEN b.name_keys && a.name_keys OR similarity(b.search_text, a.search_text) > 0.2
      THEN %(same_name)s ELSE 0 END AS at_most
  FROM looked a CROSS JOIN LATERAL (
    SELECT * FROM patients_patient b WHERE b.phone = a.phone AND b.phone <> '' AND %(sharing)s > (
      SELECT count(*) FROM (
        SELECT FROM patients_patient c WHERE c.phone = a.phone AND c.phone <> '' LIMIT %(sharing)s
      ) c
    )
    UNION ALL
    SELECT * FROM patients_patient b WHERE lower(b.email) = lower(a.email) AND b.email <> '' AND %(sharing)s > (
      SELECT count(*) FROM (
        SELECT FROM patients_patient c WHERE lower(c.email) = lower(a.email) AND c.email <> '' LIMIT %(sharing)s
      ) c
    )
    UNION ALL
    SELECT * FROM patients_patient b WHERE lower(b.address) = lower(a.address) AND b.address <> '' AND %(sharing)s > (
      SELECT count(*) FROM (
        SELECT FROM patients_patient c WHERE lower(c.address) = lower(a.address) AND c.address <> '' LIMIT %(sharing)s
      ) c
    )
    UNION ALL
    SELECT * FROM patients_patient b WHERE b.name_keys && a.name_keys
    UNION ALL
    SELECT * FROM patients_patient b
      WHERE b.birth_date = a.birth_date AND similarity(b.search_text, a.search_text) >= 0.4
  ) b
  WHERE b.id < a.id AND b.person_id <> a.person_id
)
SELECT one, other FROM weighed WHERE at_most >= %(enough)s
GROUP BY one, other, at_most ORDER BY at_most DESC, one DESC, other DESC LIMIT %(most)s
"""
OLDEST_LOOKED_AT: Final = """
SELECT min(id::text), count(*) FROM (
  SELECT id FROM patients_patient WHERE id < %(before)s ORDER BY id DESC LIMIT %(stretch)s
) AS looked
"""
WEIGHTS: Final[dict[str, int]] = {
    "same_day": SAME_DAY,
    "other_day": SWAPPED_DAY,
    "same_phone": SAME_PHONE,
    "same_email": SAME_EMAIL,
    "same_address": SAME_ADDRESS,
    "same_name": SAME_NAME,
    "enough": LIKELY,
}


def candidates(before: UUID, *, stretch: int) -> list[tuple[UUID, UUID]]:
    """Pairs of a record in the stretch before one and an older record, at most `MOST_CANDIDATES` of them."""
    values: dict[str, UUID | int] = {
        "before": before,
        "stretch": stretch,
        "sharing": MOST_SHARING,
        "most": MOST_CANDIDATES,
        **WEIGHTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, values)
        pairs: list[tuple[UUID, UUID]] = cursor.fetchall()
    return pairs


def end_of_stretch(before: UUID, *, stretch: int) -> tuple[UUID | None, int]:
    """The oldest record of a stretch, and how many it has."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_LOOKED_AT, {"before": before, "stretch": stretch})
        oldest, count = cursor.fetchone()
    return UUID(oldest) if oldest else None, count
