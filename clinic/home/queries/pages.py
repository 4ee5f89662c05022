"""What does each role see first? The parts of today's page, put together by role."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.home import rules
from clinic.home.queries import clinical, oversight, reads
from clinic.home.queries.clinical import Found
from clinic.home.queries.floor import Floor, Seat, board, floor, next_move, rooms_now
from clinic.home.queries.parts import Act, Line, Need, Section, Today, all_of, link
from clinic.rooms.rules import clock
from clinic.staff.models import User
from clinic.staff.permissions import Permission, Role


def today(user: User, *, role: str, now: datetime) -> Today | None:
    """Today's page for one of the roles that the reader holds, the first where none is named; None without any."""
    held = [one for one in Role if one in user.roles]
    if not held:
        return None
    return PAGES[next((one for one in held if one.value == role), held[0])](user, now)


def _front_desk(user: User, now: datetime) -> Today:
    house = floor(user, now=now)
    return Today(
        role=Role.FRONT_DESK,
        heading=_heading(house),
        words=_count_words(house),
        acts=_acts(("Register a person", "patients:register"), ("Calendar", "sessions:day")),
        needs=_desk_needs(house),
        board=board(house, user),
        rooms=rooms_now(house, user),
        patient_ids=house.patient_ids,
    )


def _nurse(user: User, now: datetime) -> Today:
    site = user.home_site
    house = floor(user, now=now)
    tasks, check_ins = clinical.tasks(site, now=now), clinical.check_ins(site, now=now)
    return Today(
        role=Role.NURSE,
        heading=_heading(house),
        words=_count_words(house),
        needs=(*_alarm_needs(house), *_reading_needs(house), *_urgent_needs(tasks), *_waiting_needs(house, user)),
        sections=(_visits_to_come(house, user), _tasks(tasks), _check_ins(check_ins)),
        rooms=rooms_now(house, user),
        patient_ids=all_of(house.patient_ids, tasks.patient_ids, check_ins.patient_ids),
    )


def _medical_assistant(user: User, now: datetime) -> Today:
    house = floor(user, now=now)
    return Today(
        role=Role.MEDICAL_ASSISTANT,
        heading=_heading(house),
        words=_count_words(house),
        needs=(*_alarm_needs(house), *_reading_needs(house), *_waiting_needs(house, user)),
        sections=(_visits_to_come(house, user), _in_the_house(house)),
        rooms=rooms_now(house, user),
        patient_ids=house.patient_ids,
    )


def _prescriber(user: User, now: datetime) -> Today:
    site = user.home_site
    tasks, to_decide = clinical.tasks(site, now=now), clinical.to_decide(site, now=now)
    plans, signed = clinical.plans(site, now=now), clinical.to_cosign(site, now=now)
    worse = clinical.scores(site, now=now, worse_only=True)
    return Today(
        role=Role.PRESCRIBER,
        heading=_day_words(user, now),
        words=_sentence((to_decide, "to decide"), (plans, "plan*"), (signed, "to co-sign"), (tasks, "task*")),
        needs=(*_urgent_needs(tasks), *_line_needs(worse.lines)),
        sections=(
            Section("decide", "To decide", to_decide.lines, "Nobody waits for a decision.", "the longest wait first"),
            Section("plans", "Plans", plans.lines, "No plan waits to be written or signed."),
            Section("cosign", "Sessions to co-sign", signed.lines, "Every signed session is co-signed."),
            _tasks(tasks),
        ),
        patient_ids=_whose(tasks, to_decide, plans, signed, worse),
    )


def _medical_director(user: User, now: datetime) -> Today:
    site = user.home_site
    stops, events = clinical.overrides_asked(site, now=now), clinical.events(site, now=now)
    tasks, to_decide = clinical.tasks(site, now=now), clinical.to_decide(site, now=now)
    unsigned = clinical.unsigned(site, now=now)
    return Today(
        role=Role.MEDICAL_DIRECTOR,
        heading=_day_words(user, now),
        words=_sentence((stops, "hard stop*"), (events, "event*"), (tasks, "task*"), (to_decide, "to decide")),
        needs=(*_stop_needs(stops), *_urgent_needs(tasks)),
        sections=(
            Section("events", "Events", events.lines, "Nothing severe was charted.", "severe or serious, 30 days"),
            _tasks(tasks),
            Section("decide", "Waits for a prescriber", to_decide.lines, "Nobody waits for a decision."),
            Section("unsigned", "Sessions not signed", unsigned.lines, "Every finished session is signed."),
        ),
        patient_ids=_whose(stops, events, tasks, to_decide, unsigned),
    )


def _therapist(user: User, now: datetime) -> Today:
    site = user.home_site
    check_ins, scores = clinical.check_ins(site, now=now), clinical.scores(site, now=now)
    tasks = clinical.tasks(site, now=now)
    warned = tuple(line for line in scores.lines if line.sign == "due")
    return Today(
        role=Role.THERAPIST,
        heading=_day_words(user, now),
        words=_sentence((check_ins, "check-in*"), (scores, "new score*"), (tasks, "task*")),
        needs=(*_line_needs(warned), *_late_check_ins(check_ins)),
        sections=(
            _check_ins(check_ins),
            Section("scores", "Scores", scores.lines, "No PHQ-9 in the last 14 days.", "PHQ-9, last 14 days"),
            _tasks(tasks),
        ),
        patient_ids=_whose(check_ins, scores, tasks),
    )


def _administrator(user: User, now: datetime) -> Today:
    house = floor(user, now=now)
    late = [seat for seat in house.inside(rules.EXPECTED) if rules.status(seat.facts, now, house.today).sign == "late"]
    return Today(
        role=Role.ADMINISTRATOR,
        heading=_heading(house),
        words=_count_words(house),
        acts=_acts(("Calendar", "sessions:day"), ("Staff", "clinic:staff")),
        needs=tuple(_late_arrival(seat, house) for seat in late),
        figures=oversight.figures(house),
        sections=(
            Section("use", "Rooms today", oversight.use_of_rooms(house), "This site has no rooms.", "8 am to 6 pm"),
            _visits_to_come(house, user),
        ),
        rooms=rooms_now(house, user),
        patient_ids=house.patient_ids,
    )


def _auditor(user: User, now: datetime) -> Today:
    site = user.home_site
    refused, unsigned = oversight.refused(site, now=now), clinical.unsigned(site, now=now)
    late = tuple(line for line in unsigned.lines if line.sign == "late")
    trail = Act("Whole trail", link("clinic:trail"))
    return Today(
        role=Role.AUDITOR,
        heading=_day_words(user, now),
        words=f"{len(refused)} refused in seven days, {len(unsigned.lines)} sessions not signed.",
        needs=_line_needs(late),
        sections=(
            Section("refused", "Refused requests", refused, "Nobody was refused.", "last seven days", trail),
            Section("unsigned", "Sessions not signed", unsigned.lines, "Every finished session is signed."),
            Section("latest", "Latest in the trail", oversight.looks(site), "Nothing yet.", more=trail),
        ),
        patient_ids=unsigned.patient_ids,
    )


PAGES: Final[Mapping[Role, Callable[[User, datetime], Today]]] = {
    Role.FRONT_DESK: _front_desk,
    Role.NURSE: _nurse,
    Role.MEDICAL_ASSISTANT: _medical_assistant,
    Role.PRESCRIBER: _prescriber,
    Role.MEDICAL_DIRECTOR: _medical_director,
    Role.THERAPIST: _therapist,
    Role.ADMINISTRATOR: _administrator,
    Role.AUDITOR: _auditor,
}


def _heading(house: Floor) -> str:
    return f"{house.today:%A, %B} {house.today.day}"


def _day_words(user: User, now: datetime) -> str:
    here = now.astimezone(ZoneInfo(user.home_site.time_zone))
    return f"{here:%A, %B} {here.day}"


def _count_words(house: Floor) -> str:
    here = len(house.inside(rules.DESK, rules.ROOMS, rules.RECOVERY))
    expected, gone = len(house.inside(rules.EXPECTED)), len(house.inside(rules.GONE))
    return f"{clock(house.now, house.zone)}. {here} here, {expected} expected, {gone} gone."


def _sentence(*counted: tuple[Found, str]) -> str:
    """As in 4 to decide, 1 task; a word that ends in * takes its plural."""
    parts = []
    for found, words in counted:
        count = len(found.lines)
        plural = "" if count == 1 else "s"
        more = " or more" if count == reads.MOST_LINES else ""
        parts.append(f"{count}{more} {words.replace('*', plural)}")
    return f"{', '.join(parts)}."


def _whose(*lists: Found) -> frozenset[UUID]:
    return all_of(*(found.patient_ids for found in lists))


def _acts(*wanted: tuple[str, str]) -> tuple[Act, ...]:
    return tuple(Act(label, url) for label, name in wanted if (url := link(name)))


def _tasks(found: Found) -> Section:
    return Section("tasks", "Tasks", found.lines, "No task is open.", more=Act("All tasks", link("clinic:tasks")))


def _check_ins(found: Found) -> Section:
    more = Act("Follow-up", link("sessions:follow-up"))
    return Section("check-ins", "Check-ins due", found.lines, "No check-in is due.", "late ones first", more)


def _visits_to_come(house: Floor, user: User) -> Section:
    lines = tuple(_visit_line(seat, house, user) for seat in house.inside(rules.DESK, rules.EXPECTED))
    more = Act("Calendar", link("sessions:day"))
    return Section("next", "Next today", lines, "Nobody else is expected today.", more=more)


def _in_the_house(house: Floor) -> Section:
    lines = tuple(
        Line(
            sign="now",
            name=seat.visit.patient_name,
            what=rules.status(seat.facts, house.now, house.today).text,
            url=link("patients:detail", seat.visit.patient_id),
            note=f"Room {seat.visit.room}",
            when=f"{rules.minutes_in_status(seat.facts, house.now) or 0} min",
        )
        for seat in house.inside(rules.ROOMS, rules.RECOVERY)
    )
    return Section("inside", "In the house", lines, "Nobody is in a room.")


def _visit_line(seat: Seat, house: Floor, user: User) -> Line:
    status = rules.status(seat.facts, house.now, house.today)
    return Line(
        sign=status.sign or "open",
        name=seat.visit.patient_name,
        what=f"{seat.visit.title}. {status.text}",
        url=link("patients:detail", seat.visit.patient_id),
        note=f"Room {seat.visit.room}, {seat.visit.nurse}",
        when=clock(seat.visit.starts_at, house.zone),
        act=_visit_act(seat, user),
    )


def _visit_act(seat: Seat, user: User) -> Act | None:
    if seat.group == rules.DESK and user.may(Permission.MOVE_VISIT):
        return next_move(seat, user)
    url = link("sessions:visit", seat.visit.id)
    return Act("Open", url) if url else None


def _desk_needs(house: Floor) -> tuple[Need, ...]:
    """What the desk can put right: rides that are missing, people who are late, people who need the nurse."""
    needs = []
    for seat in house.inside(rules.DESK, rules.EXPECTED):
        status = rules.status(seat.facts, house.now, house.today)
        url = link("sessions:visit", seat.visit.id)
        name = seat.visit.patient_name
        if seat.group == rules.EXPECTED and status.sign == "late":
            needs.append(_late_arrival(seat, house))
        elif status.text == "No ride named":
            escort = link("sessions:visit-escort", seat.visit.id)
            needs.append(Need("late", f"{name} has no ride home and cannot start.", escort, "Add ride"))
        elif status.text == "Needs nurse":
            needs.append(Need("due", f"{name} needs the nurse before the room.", url, "Open"))
        elif not seat.facts.has_plan:
            needs.append(Need("due", f"{name} has no signed plan for {clock(seat.visit.starts_at, house.zone)}."))
    return tuple(sorted(needs, key=lambda need: need.sign != "late"))


def _late_arrival(seat: Seat, house: Floor) -> Need:
    due = clock(seat.visit.starts_at, house.zone)
    url = link("sessions:visit", seat.visit.id)
    return Need("late", f"{seat.visit.patient_name} was due at {due} and is not here.", url, "Open")


def _alarm_needs(house: Floor) -> tuple[Need, ...]:
    """Rooms that called for help, or charted a severe event, and have no reading since."""
    labels = {room.pk: str(room) for room in house.rooms}
    return tuple(
        Need(
            session.alarm.tone,
            f"{labels.get(session.room_id, 'A room')}, {session.name}: {_within_sentence(session.alarm.text)}.",
            link("sessions:sheet", session.id),
            "Open the sheet",
        )
        for session in house.sessions
        if session.alarm is not None and session.alarm.tone == "late"
    )


def _reading_needs(house: Floor) -> tuple[Need, ...]:
    """Readings that are due or late, the latest first; never silent."""
    found = []
    labels = {room.pk: str(room) for room in house.rooms}
    for session in house.sessions:
        if session.due is None or session.due.state not in {"due", "late", "escalate"}:
            continue
        ring = rules.ring(session.due.due_at, session.due.state, house.now)
        text = f"{labels.get(session.room_id, 'A room')}, {session.name}: {ring.label[0].lower()}{ring.label[1:]}."
        found.append((session.due.due_at, Need(ring.tone, text, link("sessions:sheet", session.id), "Chart it")))
    return tuple(need for _, need in sorted(found, key=lambda one: one[0]))


def _waiting_needs(house: Floor, user: User) -> tuple[Need, ...]:
    """People at the desk who could be taken to their room, or who need somebody first."""
    needs = []
    for seat in house.inside(rules.DESK):
        status = rules.status(seat.facts, house.now, house.today)
        waits = f"{seat.visit.patient_name} has waited {rules.minutes_in_status(seat.facts, house.now)} min"
        url = link("sessions:visit", seat.visit.id)
        sign = "due" if status.sign in {"due", "late"} else "open"
        needs.append(Need(sign, f"{waits}. {status.text}.", url, "Open"))
    return tuple(needs) if user.may(Permission.CHART_VITALS) else ()


def _urgent_needs(tasks: Found) -> tuple[Need, ...]:
    """Tasks that are late, or that nobody has taken yet."""
    return _line_needs(tuple(line for line in tasks.lines if line.is_urgent))


def _late_check_ins(found: Found) -> tuple[Need, ...]:
    if not found.late:
        return ()
    words = "1 check-in is late." if found.late == 1 else f"{found.late} check-ins are late."
    return (Need("late", words, link("sessions:follow-up"), "Call"),)


def _stop_needs(stops: Found) -> tuple[Need, ...]:
    return tuple(
        Need("late", f"{line.name}: {line.what}. Only you may let it pass.", line.url, "Read the case", line.note)
        for line in stops.lines
    )


def _line_needs(lines: tuple[Line, ...]) -> tuple[Need, ...]:
    return tuple(
        Need(
            line.sign,
            f"{line.name}: {_within_sentence(line.what)}, {line.when}.",
            line.act.url if line.act else line.url,
            line.act.label if line.act else "Open",
            quiet=line.note,
        )
        for line in lines
    )


def _within_sentence(words: str) -> str:
    """Without its capital, unless it begins with a name in capitals."""
    return words if words[:2].isupper() else f"{words[0].lower()}{words[1:]}"
