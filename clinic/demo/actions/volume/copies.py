"""For whom is everything written again? Further houses with their staff, and a face for each of the crowd."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b
from io import StringIO
from itertools import islice
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db import connection

from clinic.demo.actions.house import NURSE_OF_ROOM, House, open_further_house
from clinic.demo.actions.volume.statements import run
from clinic.demo.rules import people
from clinic.demo.rules.growth import Copy
from clinic.staff.models import User
from patients.registration.models import DETAIL_FIELDS, Patient
from patients.registration.rules import record_number

CHUNK: Final = 5000
BIRTHDAYS_APART: Final = 180  # days, either way: nobody becomes too young or too old for what was asked of them
COPY_TABLE: Final = """
CREATE TEMP TABLE volume_copy ON COMMIT DROP AS
SELECT no, person, days, make_interval(days => days) AS earlier, days::bigint * 86400000 AS earlier_milliseconds, tail,
       site_id, rooms, colleagues, colleague_names, contexts
FROM volume_copy_as_sent JOIN volume_house USING (house)
ORDER BY no;
CREATE UNIQUE INDEX ON volume_copy (no);
CREATE UNIQUE INDEX ON volume_face (no);
ANALYZE volume_copy;
ANALYZE volume_face
"""


def write_copies(
    first: House, originals: Sequence[UUID], copies: Sequence[Copy], *, seed: int, on_face: Callable[[int], None]
) -> None:
    """Send every copy with its house and its face into the temporary tables `volume_copy` and `volume_face`.

    They are numbered from 1 in the order in which they came to the clinic, and so are their record numbers.
    """
    in_order = sorted(copies, key=lambda copy: (copy.like.first_day - copy.days, copy.house, copy.like.person))
    arrangements = _Arrangements(first, 1 + max((copy.house for copy in copies), default=0))
    sent = (
        (no, copy.like.person, copy.days, _tail(seed, no), arrangements.number_of(copy))
        for no, copy in enumerate(in_order, start=1)
    )
    run("CREATE TEMP TABLE volume_copy_as_sent (no int, person int, days int, tail text, house int) ON COMMIT DROP")
    _send("volume_copy_as_sent", ("no", "person", "days", "tail", "house"), sent)
    arrangements.send()
    run(
        f"CREATE TEMP TABLE volume_face ON COMMIT DROP AS SELECT 0 AS no, record_number, {', '.join(DETAIL_FIELDS)}"
        " FROM patients_patient WITH NO DATA"
    )
    _send("volume_face", ("no", "record_number", *DETAIL_FIELDS), _faces(originals, in_order, seed), on_face)
    run(COPY_TABLE)


class _Arrangements:
    """Who and which rooms of a house stand in for those of the first one: one row for each way that occurs."""

    def __init__(self, first: House, count: int) -> None:
        self.first = first
        self.houses = [first, *(open_further_house(first, number) for number in range(1, count))]
        self.found: dict[tuple[int, int, int], int] = {}

    def number_of(self, copy: Copy) -> int:
        """People of today keep the rooms as they are; somebody of the crowd keeps to one room and its nurse."""
        key = (copy.house, copy.like.room, copy.room)
        return self.found.setdefault(key, len(self.found))

    def send(self) -> None:
        run(
            "CREATE TEMP TABLE volume_house (house int, site_id uuid, rooms uuid[], colleagues uuid[],"
            " colleague_names text[], contexts jsonb[]) ON COMMIT DROP"
        )
        # Short enough to be kept as they are: an array in a packed form would be unpacked for every value.
        for column in ("rooms", "colleagues", "colleague_names", "contexts"):
            run(f"ALTER TABLE volume_house ALTER COLUMN {column} SET STORAGE PLAIN")
        with connection.cursor() as cursor:
            for (house, usual, room), number in self.found.items():
                cursor.execute(
                    "INSERT INTO volume_house VALUES (%s, %s, %s::uuid[], %s::uuid[], %s, %s::jsonb[])",
                    [number, *self._row(self.houses[house], usual, room)],
                )

    def _row(self, house: House, usual: int, room: int) -> list[Any]:
        rooms = [one.pk for one in house.rooms]
        rooms[usual], rooms[room] = rooms[room], rooms[usual]
        staff = self._staff(house, usual, room)
        ids = [str(user.pk) for user in staff]
        contexts = [f'{{"user": "{each}"}}' for each in ids]
        return [house.site.pk, [str(each) for each in rooms], ids, [str(user) for user in staff], contexts]

    def _staff(self, house: House, usual: int, room: int) -> list[User]:
        """In the order of the first house; the nurse of the usual room and the nurse of the new one change places."""
        one, other = NURSE_OF_ROOM[usual], NURSE_OF_ROOM[room]
        changed = {one: other, other: one}
        return [house.staff[changed.get(word, word)] for word in self.first.staff]


def _faces(originals: Sequence[UUID], copies: Sequence[Copy], seed: int) -> Iterator[tuple[Any, ...]]:
    """Number, record number and details; of the same sex and about the same age as the original was then."""
    known = Patient.objects.in_bulk(list(originals))
    for no, (copy, serial) in enumerate(zip(copies, _serials(len(copies)), strict=True), start=1):
        original = known[originals[copy.like.person]]
        rng = Random(f"face {seed} {no}")
        apart = copy.days + rng.randrange(-BIRTHDAYS_APART, BIRTHDAYS_APART)
        born = original.birth_date - timedelta(days=apart)
        details: Mapping[str, Any] = people.one_of_many(rng, original.sex_at_birth, born).details
        yield (no, record_number(serial), *(details[name] for name in DETAIL_FIELDS))


def _serials(count: int) -> range:
    """So many serial numbers in a row, taken from the sequence that gives each of them once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_record_serial')")
        first = cursor.fetchone()[0]
        cursor.execute("SELECT setval('patients_record_serial', %s)", [first + max(count, 1) - 1])
    return range(first, first + count)


def _tail(seed: int, no: int) -> str:
    """What the ids of one copy end in: its number, and something that only the seed tells."""
    return f"{no:06x}{blake2b(f'copy {seed} {no}'.encode(), digest_size=3).hexdigest()}"


def _send(
    table: str, names: Sequence[str], rows: Iterable[tuple[Any, ...]], on_rows: Callable[[int], None] = lambda _: None
) -> None:
    """Through COPY, a chunk at a time, so that no more than that is in memory."""
    waiting = iter(rows)
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor:
        while chunk := list(islice(waiting, CHUNK)):
            text = StringIO()
            csv.writer(text).writerows(chunk)
            text.seek(0)
            cursor.copy_expert(statement, text)
            on_rows(len(chunk))
