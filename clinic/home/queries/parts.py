"""What is today's page made of? The parts that every role's page is put together from."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.urls import NoReverseMatch, reverse

from clinic.home.rules import Dot, Ring, Status
from clinic.kit.addresses import address
from patients.registration import queries as registration_queries
from patients.registration.models import Patient


@dataclass(frozen=True)
class Act:
    """One thing that can be done from here; `is_post` for a button that does it at once."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True)
class Need:
    """One sentence that asks for somebody, with the act that answers it."""

    sign: str
    text: str
    url: str = ""
    act: str = ""
    quiet: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a list: who or what, a few words, a moment, one act."""

    sign: str
    name: str
    what: str
    url: str = ""
    note: str = ""
    when: str = ""
    act: Act | None = None
    is_urgent: bool = False

    @property
    def tone(self) -> str:
        return {"late": "is-late", "due": "is-due"}.get(self.sign, "")


@dataclass(frozen=True)
class Section:
    """A list with its heading, and what it says while it is empty."""

    anchor: str
    title: str
    lines: tuple[Line, ...]
    empty: str
    note: str = ""
    more: Act | None = None


@dataclass(frozen=True)
class Row:
    """One visit on the board of the front desk."""

    time: str
    name: str
    url: str
    visit: str
    room: str
    dots: tuple[Dot, ...]
    status: Status
    minutes: int | None
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Group:
    """One part of the board, with how many stand in it."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class RoomNow:
    """One room at this moment, as partials/room.html draws it."""

    plate: str
    is_free: bool
    name: str
    line: str
    tone: str = ""
    url: str = ""
    ring: Ring | None = None

    @property
    def clock_text(self) -> str:
        return self.ring.text if self.ring else ""

    @property
    def clock_label(self) -> str:
        return self.ring.label if self.ring else ""

    @property
    def clock_dash(self) -> int:
        return self.ring.dash if self.ring else 0


@dataclass(frozen=True)
class Figure:
    """One large figure."""

    label: str
    value: str
    unit: str = ""
    more: str = ""


@dataclass(frozen=True)
class Today:
    """Today's page of one role, from what needs somebody down to what is only good to know."""

    role: str
    heading: str
    words: str
    needs: tuple[Need, ...]
    acts: tuple[Act, ...] = ()
    board: tuple[Group, ...] | None = None
    sections: tuple[Section, ...] = ()
    rooms: tuple[RoomNow, ...] = ()
    figures: tuple[Figure, ...] = ()
    patient_ids: frozenset[UUID] = frozenset()

    @property
    def has_board(self) -> bool:
        return self.board is not None


def link(name: str, *args: object) -> str:
    """The address of a page; nothing while there is no such page."""
    only = args[0] if len(args) == 1 else None
    try:
        return address(name, only) if isinstance(only, UUID) else reverse(name, args=args)
    except NoReverseMatch:
        return ""


def name_of(patient_field: str) -> Subquery:
    """The name somebody is called by, for a query that knows only the id."""
    called = Coalesce(NullIf(F("preferred_name"), Value("")), F("given_name"))
    standing = registration_queries.person_of(OuterRef(OuterRef(patient_field)))
    named = Patient.objects.filter(pk=Subquery(standing)).annotate(
        called_by=Concat(called, Value(" "), F("family_name"), output_field=CharField())
    )
    return Subquery(named.values("called_by")[:1])


def called(patient: Patient) -> str:
    """The name somebody is called by; `merged_into` is read along with the record."""
    person = registration_queries.standing(patient)
    return f"{person.preferred_name or person.given_name} {person.family_name}"


def all_of(*groups: Iterable[UUID]) -> frozenset[UUID]:
    """Everybody whose record a page shows."""
    return frozenset(one for group in groups for one in group)
