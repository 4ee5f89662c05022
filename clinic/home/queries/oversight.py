"""How is the house used today, and what does the trail say last? For the administrator and the auditor."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.audit.models import AccessEvent
from clinic.audit.rules import READING, page_name
from clinic.home import rules
from clinic.home.queries.floor import Floor
from clinic.home.queries.parts import Figure, Line, link
from clinic.kit import written
from clinic.rooms.rules import opening_hours
from clinic.sites.models import Site
from sessions.scheduling.rules import TAKES_TIME, room_span

LATEST_LOOKS: Final = 12
REFUSED_OF: Final = timedelta(days=7)
SUCCESS: Final = 400


def use_of_rooms(house: Floor) -> tuple[Line, ...]:
    """Each room with how much of the opening hours is booked today."""
    hours = opening_hours(house.today, house.zone)
    spans: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for seat in house.seats:
        if seat.visit.state in TAKES_TIME:
            span = room_span(seat.visit.span)
            spans[seat.visit.room_id].append((span.starts_at, span.ends_at))
    lines = []
    for room in house.rooms:
        booked = rules.booked_minutes(spans[room.pk], hours.starts_at, hours.ends_at)
        count = len(spans[room.pk])
        visits = f"{count} visit{'' if count == 1 else 's'}"
        used = f"{rules.percent(booked, hours.minutes)} % booked"
        lines.append(Line("done" if booked else "open", str(room), used, link("sessions:day"), note=visits))
    return tuple(lines)


def figures(house: Floor) -> tuple[Figure, ...]:
    """The day in four numbers."""
    hours = opening_hours(house.today, house.zone)
    spans = [room_span(seat.visit.span) for seat in house.seats if seat.visit.state in TAKES_TIME]
    booked = rules.booked_minutes([(span.starts_at, span.ends_at) for span in spans], hours.starts_at, hours.ends_at)
    states = [seat.visit.state for seat in house.seats]
    missed, off = states.count("no_show"), states.count("cancelled")
    share = rules.percent(booked, hours.minutes * len(house.rooms))
    return (
        Figure("Visits today", str(len(spans)), more=f"{states.count('gone')} are over"),
        Figure("Rooms booked", str(share), "%", f"of {len(house.rooms)} rooms, 8 am to 6 pm"),
        Figure("Did not come", str(missed)),
        Figure("Cancelled", str(off)),
    )


def looks(site: Site) -> tuple[Line, ...]:
    """The last requests of anybody."""
    rows = AccessEvent.objects.order_by("-occurred_at", "-id")[:LATEST_LOOKS]
    return tuple(_look(row, site) for row in rows)


def refused(site: Site, *, now: datetime) -> tuple[Line, ...]:
    """Requests of the last days that asked for what the person may not do."""
    rows = AccessEvent.objects.filter(status=403, occurred_at__gte=now - REFUSED_OF)
    return tuple(_look(row, site) for row in rows.order_by("-occurred_at", "-id")[:LATEST_LOOKS])


def _look(row: AccessEvent, site: Site) -> Line:
    at = row.occurred_at.astimezone(ZoneInfo(site.time_zone))
    count = len(row.patient_ids)
    people = f"{count} record{'' if count == 1 else 's'}" if count else ""
    act = "asked for" if row.status >= SUCCESS else "opened" if row.method in READING else "sent"
    return Line(
        sign="done" if row.status < SUCCESS else "blocked",
        name=row.user_name or "Nobody signed in",
        what=f"{act}: {page_name(row.route)}",
        note=people,
        when=f"{written.short_day(at)}, {written.clock(at)}",
    )
