"""What does one day of a site look like, as rooms by time?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rooms import queries as room_queries
from clinic.rooms.models import Room
from clinic.rooms.rules import Span, clock, opening_hours, whole_day
from clinic.sites.models import Site
from sessions.scheduling import rules
from sessions.scheduling.queries.visits import VisitRow, visits_on

SLIM_MINUTES: Final = 45
LONG_MINUTES: Final = 14 * 60


@dataclass(frozen=True)
class Part:
    """One part of a visit as a bar: where it begins and how long it is, in minutes of its room's time."""

    code: str
    start: int
    minutes: int


@dataclass(frozen=True)
class Drawing:
    """The bars of a visit of some length; every visit of that length is drawn with the same ones."""

    minutes: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Start:
    """A free time in which a visit could begin, in words and as it stands in an address."""

    day: str
    time: str
    shown: str
    half: str


@dataclass(frozen=True)
class Card:
    """One visit in the day, drawn in its real shape."""

    visit: VisitRow
    sign: str
    status: str
    times: str
    minutes: int
    shown_from: int
    shown_minutes: int

    @property
    def is_slim(self) -> bool:
        """Too short for its words: name and sign are shown, the rest is on its page and read out."""
        return self.shown_minutes < SLIM_MINUTES


@dataclass(frozen=True)
class Field:
    """One field of a room's row: a visit, free time in which another could begin, or neither."""

    kind: str
    columns: int
    words: str
    start: Start | None
    card: Card | None


@dataclass(frozen=True)
class RoomLine:
    room: Room
    fields: tuple[Field, ...]
    has_visits: bool


@dataclass(frozen=True)
class DayPage:
    """One day: the hours on top, a line for each room, and the visits that take no time any more.

    `carried` came over midnight and are over before the clinic opens: the day before draws them whole.
    """

    day: date
    before: date
    after: date
    is_today: bool
    hours: tuple[rules.HourMark, ...]
    lines: tuple[RoomLine, ...]
    drawings: tuple[Drawing, ...]
    called_off: tuple[Card, ...]
    carried: tuple[Card, ...]
    minutes: int
    now_at: int | None
    here: int
    expected: int
    gone: int

    @property
    def visits(self) -> list[VisitRow]:
        """Every visit that the page names."""
        on_grid = [field.card.visit for line in self.lines for field in line.fields if field.card is not None]
        return on_grid + [card.visit for card in (*self.called_off, *self.carried)]

    @property
    def is_long(self) -> bool:
        """Longer than a usual day, so that its hours need more than the width of a screen."""
        return self.minutes > LONG_MINUTES

    @property
    def is_empty(self) -> bool:
        return not any(line.has_visits for line in self.lines)


def day_page(site: Site, day: date, *, now: datetime) -> DayPage:
    """The day of a site: two queries, however many visits."""
    zone = site.time_zone
    visits = visits_on(site, day)
    carried = [visit for visit in visits if visit.takes_time and _is_carried(visit, day, zone)]
    taking = [visit for visit in visits if visit.takes_time and visit not in carried]
    # Set-up before opening and turnover after closing need no hour of their own.
    within = rules.frame(day, zone, [visit.span for visit in taking], now=now)
    is_today = whole_day(day, zone).holds(now)
    states = [visit.state for visit in (*taking, *carried)]
    by_room: dict[UUID, list[VisitRow]] = defaultdict(list)
    for visit in taking:
        by_room[visit.room_id].append(visit)
    return DayPage(
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        is_today=is_today,
        hours=rules.hour_marks(within, zone),
        lines=tuple(_line(room, by_room[room.pk], within, site, day, now) for room in _rooms(site, taking)),
        drawings=tuple(_drawing(minutes) for minutes in sorted({visit.span.minutes for visit in taking})),
        called_off=tuple(_card(visit, now, zone) for visit in visits if not visit.takes_time),
        carried=tuple(_card(visit, now, zone) for visit in carried),
        minutes=within.minutes,
        now_at=Span(within.starts_at, now).minutes if within.holds(now) else None,
        here=states.count(rules.ARRIVED) + states.count(rules.IN_ROOM),
        expected=states.count(rules.SCHEDULED),
        gone=states.count(rules.GONE),
    )


def _is_carried(visit: VisitRow, day: date, zone: str) -> bool:
    began_before = visit.span.starts_at < whole_day(day, zone).starts_at
    return began_before and visit.span.ends_at <= opening_hours(day, zone).starts_at


def _rooms(site: Site, taking: list[VisitRow]) -> list[Room]:
    """The rooms in use, and any out of use in which somebody is still booked."""
    rooms = room_queries.rooms_of(site.pk)
    known = {room.pk for room in rooms}
    left: dict[UUID, str] = {visit.room_id: visit.room for visit in taking if visit.room_id not in known}
    return rooms + [Room(id=room_id, site=site, label=label, is_active=False) for room_id, label in left.items()]


def _line(room: Room, here: list[VisitRow], within: Span, site: Site, day: date, now: datetime) -> RoomLine:
    visits = {visit.id: visit for visit in here}
    hours = opening_hours(day, site.time_zone)
    if not room.is_active:
        hours = Span(hours.ends_at, hours.ends_at)
    busy = [rules.Busy(visit.id, rules.room_span(visit.span)) for visit in visits.values()]
    usual = rules.Shape(rules.USUAL_INFUSION_MINUTES)
    cells = rules.lane(within, hours, busy, now=now, shape=usual, zone_name=site.time_zone)
    zone = site.time_zone
    fields = tuple(
        Field(
            kind=cell.kind,
            columns=cell.columns,
            words=_from_to(cell.span, zone) if cell.kind == rules.FREE else "",
            start=_start(cell.book_at, zone) if cell.book_at else None,
            card=_card(visits[cell.key], now, zone, shown=cell.span) if cell.key in visits else None,
        )
        for cell in cells
    )
    return RoomLine(room=room, fields=fields, has_visits=bool(visits))


def _start(moment: datetime, zone: str) -> Start:
    shown, half = clock(moment, zone).split()
    local = moment.astimezone(ZoneInfo(zone))
    return Start(day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}", shown=shown, half=half)


def _from_to(span: Span, zone: str) -> str:
    return f"{clock(span.starts_at, zone)} to {clock(span.ends_at, zone)}"


def _drawing(minutes: int) -> Drawing:
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    parts, start = [], 0
    for phase in rules.phases(Span(beginning, beginning + timedelta(minutes=minutes))):
        parts.append(Part(phase.code, start, phase.minutes))
        start += phase.minutes
    return Drawing(minutes, tuple(parts))


def _card(visit: VisitRow, now: datetime, zone: str, *, shown: Span | None = None) -> Card:
    """The whole visit, or as much of it as belongs to the day."""
    room = rules.room_span(visit.span)
    seen = shown or room
    sign, status = rules.standing(visit.state, visit.span, now)
    return Card(
        visit=visit,
        sign=sign,
        status=status,
        times=_from_to(visit.span, zone),
        minutes=visit.span.minutes,
        shown_from=max(0, Span(room.starts_at, seen.starts_at).minutes),
        shown_minutes=seen.minutes,
    )
