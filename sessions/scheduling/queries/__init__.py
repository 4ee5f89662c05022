"""Who comes when? Rows for lists and boards, the day as rooms by time, and what a booking must know."""

from sessions.scheduling.queries.booking import (
    BookingPage,
    FreeTime,
    WaitingPage,
    booking_page,
    waiting_page,
)
from sessions.scheduling.queries.day import DayPage, day_page
from sessions.scheduling.queries.visits import (
    VisitPage,
    VisitRow,
    appointment,
    booking_with,
    has_open_session,
    is_infused_here,
    next_visit,
    nurses_of,
    other_starts,
    planned_infusion_minutes,
    state_before,
    visit,
    visit_page,
    visits_of,
    visits_on,
    visits_with,
)

__all__ = [
    "BookingPage",
    "DayPage",
    "FreeTime",
    "VisitPage",
    "VisitRow",
    "WaitingPage",
    "appointment",
    "booking_page",
    "booking_with",
    "day_page",
    "has_open_session",
    "is_infused_here",
    "next_visit",
    "nurses_of",
    "other_starts",
    "planned_infusion_minutes",
    "state_before",
    "visit",
    "visit_page",
    "visits_of",
    "visits_on",
    "visits_with",
    "waiting_page",
]
