"""How does the demonstration grow to a large clinic? What the people told step by step went through is written again.

Nothing is invented here: every row of the crowd is a row that an action made for somebody, at another time, for another
person, in another house. PostgreSQL writes them from the rows it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection

from clinic.demo.actions.house import House
from clinic.demo.actions.volume import copies, lived, rows, scaffold, stencils
from clinic.demo.actions.volume.scaffold import begin_on_clean_files, tables
from clinic.demo.queries import owns_the_tables
from clinic.demo.rules import growth
from clinic.demo.rules.stories import Story
from clinic.kit.refusals import Refusal

__all__ = ["Crowd", "NotTheOwner", "Telling", "begin_on_clean_files", "must_own_the_tables", "settle", "write_crowd"]

# For this transaction only: sorting for indexes in memory, on every processor.
ROOM_TO_WORK = "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '512MB'"


class NotTheOwner(Refusal):
    """Only the owner of the tables can put their indexes aside."""


class Telling(Protocol):
    """Hears how far the work is: what is being done, and how many parts of how many."""

    def begin(self, what: str, total: int) -> None: ...
    def on(self, parts: int, detail: str = "") -> None: ...


def must_own_the_tables() -> None:
    """Refuse before anything is written."""
    if not owns_the_tables():
        message = (
            "So many people are written by the owner of the tables. Set DATABASE_OWNER_URL and run seed_demo again."
        )
        raise NotTheOwner(message)


@dataclass(frozen=True)
class Crowd:
    """How many more people, and with how many sessions in the whole clinic then."""

    count: int
    sessions: int
    seed: int


def write_crowd(
    house: House, people: Sequence[UUID], stories: Sequence[Story], crowd: Crowd, *, telling: Telling
) -> None:
    """Write the crowd, each of whom is like one of these people, whose stories these are."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM_TO_WORK)
    made = lived.read(house, people, stories)
    telling.begin("Finding rooms", crowd.count)
    still = crowd.sessions - lived.sessions(made)
    placed = growth.crowd(crowd.count, made, sessions=still, seed=crowd.seed)
    telling.on(crowd.count)
    telling.begin("Making faces", crowd.count)
    stencils.cut_stencils(house, people)
    copies.write_copies(house, people, placed, seed=crowd.seed, on_face=telling.on)
    _write(crowd.count, telling)


def _write(count: int, telling: Telling) -> None:
    facts = scaffold.take_down()
    parts = rows.work()
    telling.begin("Writing rows", sum(part.rows for part in parts))
    rows.write_rows(parts, count, on_rows=lambda table, number: telling.on(number, table))
    steps = list(scaffold.steps(facts))
    telling.begin("Checking and indexing", len(steps))
    scaffold.put_up(facts, on_part=lambda table: telling.on(1, table))


def settle(telling: Telling) -> None:
    """Tell the planner what is there. Outside any transaction; what is skipped here PostgreSQL does by itself later."""
    telling.begin("Looking through", len(tables()))
    for table in tables():
        with connection.cursor() as cursor:
            cursor.execute(f'VACUUM (ANALYZE) "{table}"')
        telling.on(1, table)
