"""What does one day of a site look like, as rooms by time?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic.rooms import queries as room_queries
from clinic.rooms.models import Room
from clinic.rooms.rules import Span, opening_hours, whole_day
from clinic.sites.models import Site
from sessions.scheduling import rules
from sessions.scheduling.queries.visits import VisitRow, visits_on


@dataclass(frozen=True)
class Part:
    """One part of a visit as a bar: where it begins and how long it is, in minutes of its room's time."""

    code: str
    label: str
    start: int
    minutes: int


@dataclass(frozen=True)
class Card:
    """One visit in the day, drawn in its real shape."""

    visit: VisitRow
    sign: str
    status: str
    parts: tuple[Part, ...]
    shown_from: int
    shown_minutes: int


@dataclass(frozen=True)
class Field:
    """One field of a room's row: a visit, free time in which another could begin, or neither."""

    kind: str
    columns: int
    span: Span
    book_at: datetime | None
    card: Card | None


@dataclass(frozen=True)
class RoomLine:
    room: Room
    fields: tuple[Field, ...]
    has_visits: bool


@dataclass(frozen=True)
class DayPage:
    """One day: the hours on top, a line for each room, and the visits that take no time any more."""

    day: date
    before: date
    after: date
    is_today: bool
    hours: tuple[rules.HourMark, ...]
    lines: tuple[RoomLine, ...]
    called_off: tuple[Card, ...]
    minutes: int
    now_at: int | None
    here: int
    expected: int
    gone: int

    @property
    def visits(self) -> list[VisitRow]:
        """Every visit that the page names."""
        on_grid = [field.card.visit for line in self.lines for field in line.fields if field.card is not None]
        return on_grid + [card.visit for card in self.called_off]

    @property
    def is_empty(self) -> bool:
        return not any(line.has_visits for line in self.lines)


def day_page(site: Site, day: date, *, now: datetime) -> DayPage:
    """The day of a site: two queries, however many visits."""
    zone = site.time_zone
    visits = visits_on(site, day)
    taking = [visit for visit in visits if visit.takes_time]
    # Set-up before opening and turnover after closing need no hour of their own.
    within = rules.frame(day, zone, [visit.span for visit in taking])
    is_today = whole_day(day, zone).holds(now)
    states = [visit.state for visit in taking]
    return DayPage(
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        is_today=is_today,
        hours=rules.hour_marks(within, zone),
        lines=tuple(_line(room, taking, within, site, day, now) for room in _rooms(site, taking)),
        called_off=tuple(_card(visit, now) for visit in visits if not visit.takes_time),
        minutes=within.minutes,
        now_at=Span(within.starts_at, now).minutes if within.holds(now) else None,
        here=states.count(rules.ARRIVED) + states.count(rules.IN_ROOM),
        expected=states.count(rules.SCHEDULED),
        gone=states.count(rules.GONE),
    )


def _rooms(site: Site, taking: list[VisitRow]) -> list[Room]:
    """The rooms in use, and any out of use in which somebody is still booked."""
    rooms = room_queries.rooms_of(site.pk)
    known = {room.pk for room in rooms}
    left: dict[UUID, str] = {visit.room_id: visit.room for visit in taking if visit.room_id not in known}
    return rooms + [Room(id=room_id, site=site, label=label, is_active=False) for room_id, label in left.items()]


def _line(room: Room, taking: list[VisitRow], within: Span, site: Site, day: date, now: datetime) -> RoomLine:
    visits = {visit.id: visit for visit in taking if visit.room_id == room.pk}
    hours = opening_hours(day, site.time_zone)
    if not room.is_active:
        hours = Span(hours.ends_at, hours.ends_at)
    busy = [rules.Busy(visit.id, rules.room_span(visit.span)) for visit in visits.values()]
    usual = rules.Shape(rules.USUAL_INFUSION_MINUTES)
    cells = rules.lane(within, hours, busy, now=now, shape=usual, zone_name=site.time_zone)
    fields = tuple(
        Field(
            kind=cell.kind,
            columns=cell.columns,
            span=cell.span,
            book_at=cell.book_at,
            card=_card(visits[cell.key], now, shown=cell.span) if cell.key in visits else None,
        )
        for cell in cells
    )
    return RoomLine(room=room, fields=fields, has_visits=bool(visits))


def _card(visit: VisitRow, now: datetime, *, shown: Span | None = None) -> Card:
    """The whole visit, or as much of it as belongs to the day."""
    room = rules.room_span(visit.span)
    seen = shown or room
    sign, status = rules.standing(visit.state, visit.span, now)
    parts, start = [], 0
    for phase in rules.phases(visit.span):
        parts.append(Part(phase.code, phase.label, start, phase.minutes))
        start += phase.minutes
    return Card(
        visit=visit,
        sign=sign,
        status=status,
        parts=tuple(parts),
        shown_from=max(0, Span(room.starts_at, seen.starts_at).minutes),
        shown_minutes=seen.minutes,
    )
