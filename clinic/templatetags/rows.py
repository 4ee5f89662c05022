"""How are rows of long tables and parts of sentences drawn? As functions: a template takes ten times as long."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from clinic.kit.addresses import address
from clinic.kit.markup import filled, joined
from clinic.templatetags.stepwell import clock, day, sign, state, weekday

register = template.Library()

LINK = '<a href="{}">{}</a>'
PLAIN_LINK = '<a class="sw-link" href="{}">{}</a>'
QUIET = '<span class="sw-quiet">{}</span>'

# ---------------------------------------------------------------- people found
FOUND = """
        <tr>
          <th scope="row"><a href="{}"><bdi>{}</bdi></a>{}{}</th>
          <td class="sw-nowrap">{}</td>
          <td class="num">{}</td>
          <td class="sw-after sw-nowrap">{}</td>
          <td class="sw-nowrap">{}</td>
          <td>{}</td>
        </tr>"""
PREFERRED = ' <span class="sw-quiet">“<bdi>{}</bdi>”</span>'
ALSO = ' <span class="sw-quiet">also registered as <bdi>{}</bdi></span>'


@register.simple_tag
def found_row(row: Any) -> SafeString:
    """One person whom the words can mean."""
    person = row.person
    return filled(
        FOUND,
        address("patients:detail", person.id),
        person.name,
        filled(PREFERRED, person.preferred_name) if person.preferred_name else "",
        joined([filled(ALSO, other) for other in person.also]),
        day(person.birth_date),
        person.age_years,
        person.record_number,
        person.phone or "–",
        row.course_state or "None yet",
    )


# ---------------------------------------------------------------- the follow-up list
CALL = """
          <tr role="row"{}>
            <th scope="row" role="rowheader">{} <span class="sw-quiet">{}</span></th>
            <td role="cell">{} {}, session {}</td>
            <td role="cell">{}</td>
            <td role="cell">{}</td>
            {}
            {}
            <td class="sw-after" role="cell">{}</td>
          </tr>"""
LATE_ROW = filled(' class="is-late"')
LATE_BY = "{}, <strong>{} late</strong>"
PHONE = '{} <span class="sw-quiet">{}</span>'
NO_NUMBER = filled(QUIET, "no number")
COUNTED = '<td role="cell" data-word="{}">{}</td>'
NOT_COUNTED = filled('<td role="cell" class="is-none">{}</td>', filled(QUIET, "none"))
RECORD = '<a class="btn btn-sm btn-secondary" href="{}">Record<span class="visually-hidden"> {} of {}</span></a>'


@register.simple_tag
def check_in_row(row: Any, sign_kind: str, *, may_record: bool) -> SafeString:
    """One check-in: whom to call about what, by when, and what was tried."""
    tried = f"{row.attempts}, last {_moment(row.last_tried_at)}" if row.attempts else ""
    return filled(
        CALL,
        LATE_ROW if sign_kind == "late" else "",
        filled(LINK, address("patients:progress", row.patient_id), row.name),
        row.record_number,
        sign(sign_kind),
        row.label,
        row.session_number,
        _due(row),
        _phone(row),
        filled(COUNTED, "Attempts:", tried) if tried else NOT_COUNTED,
        filled(COUNTED, "Open tasks:", state("due", row.open_tasks)) if row.open_tasks else NOT_COUNTED,
        _record(row) if may_record else "",
    )


def _due(row: Any) -> str:
    if row.state == "planned":
        return f"opens {_moment(row.opens_at)}"
    due = _moment(row.due_at)
    return filled(LATE_BY, due, row.late_by) if row.late_by else due


def _phone(row: Any) -> SafeString:
    if not row.phone:
        return NO_NUMBER
    return filled(PHONE, row.phone, "voicemail is safe" if row.is_voicemail_safe else "no voicemail")


def _record(row: Any) -> SafeString:
    return filled(RECORD, address("sessions:check-in", row.session_id, row.kind), row.label, row.name)


def _moment(at: Any) -> str:
    """As in Tue Mar 10, 10:42 am."""
    return f"{weekday(at)}, {clock(at)}"


# ---------------------------------------------------------------- the table of progress
DAY = """
          <tr id="{}"{}>
            <th scope="row">{}</th>
            <td class="num" data-word="day">{}</td>
            <td class="num" data-word="session">{}</td>
            <td class="num" data-unit="mg">{}</td>
            {}
            <td class="sw-after">
              {}
              {}
            </td>
          </tr>"""
AHEAD = filled(' class="is-next"')
SCORE = """<td class="num sw-strong" data-word="{}">{}</td>
              <td class="num sw-nowrap"{}>{}</td>
            """
UNIT_BETTER = filled(' data-unit="better"')
NO_SCORE = filled("""<td class="num sw-strong"></td>
              <td class="num" data-unit="better"></td>
            """)
ANCHORED = '<a href="#{}">{}</a>'
MISSED = '<div><span class="sw-state sw-quiet">{}{}</span></div>'
HAPPENED = "<div>{}</div>"


@register.simple_tag
def sentences(told: Any) -> SafeString:
    """The summary in words: some lead to the row they rest on, some are strong."""
    return joined([filled("{} ", joined([_said(part) for part in sentence])) for sentence in told])


def _said(part: Any) -> SafeString:
    if part.anchor:
        return filled(ANCHORED, part.anchor, part.text)
    return filled("<strong>{}</strong>" if part.is_strong else "{}", part.text)


@register.simple_tag
def journey_row(row: Any, answers_url: str, *, may_open_session: bool) -> SafeString:
    """One day of the chart: its session and dose, its scores, and what happened."""
    session = row.session
    if row.session_id and may_open_session:
        session = filled(PLAIN_LINK, address("sessions:sheet", row.session_id), session)
    return filled(
        DAY,
        row.anchor,
        AHEAD if row.is_ahead else "",
        row.when,
        row.number,
        session,
        row.dose_mg,
        joined([_score(cell, answers_url) for cell in row.cells]),
        joined([filled(MISSED, sign("skipped"), words) for words in row.unanswered]),
        filled(HAPPENED, "; ".join(row.happened)) if row.happened else "",
    )


def _score(cell: Any, answers_url: str) -> SafeString:
    if cell is None:
        return NO_SCORE
    unit = "" if "worse" in cell.better else UNIT_BETTER
    return filled(SCORE, cell.name, filled(PLAIN_LINK, f"{answers_url}{cell.id}/", cell.total), unit, cell.better)


# ---------------------------------------------------------------- the calendar
BUSY = '<td class="cal-busy is-{}{}" colspan="{}">{}</td>\n'
CARD = (
    '<a class="cal-card" href="{}">{}<span class="cal-name">{}</span> <span class="cal-line">{}</span>'
    ' <span class="cal-line">{}</span> <span class="cal-line">{}</span> {}</a>'
)
SHAPE = (
    '<svg class="cal-shape" viewBox="{} 0 {} 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<use href="#cal-visit-{}" /></svg>'
)
BOOKABLE = (
    '<td class="cal-free" colspan="{}"><a href="{}?day={}&amp;time={}&amp;room={}">'
    '<span class="visually-hidden">Book room {} at </span>{}<span class="cal-half"> {}</span></a></td>\n'
)
FREE = '<td class="cal-free" colspan="{}"><span class="visually-hidden">Free {}</span></td>\n'
SHUT = '<td class="cal-shut" colspan="{}"></td>\n'


@register.simple_tag
def room_row(line: Any, waiting_url: str, *, may_book: bool) -> SafeString:
    """The day of one room: visits, times in which one may be booked, other free time, and none."""
    return joined([_field(field, line.room, waiting_url if may_book else "") for field in line.fields])


def _field(field: Any, room: Any, waiting_url: str) -> SafeString:
    card, start = field.card, field.start
    if card:
        return filled(BUSY, card.visit.state, " is-slim" if card.is_slim else "", field.columns, _card(card))
    if start and waiting_url:
        words = (start.day, start.time, room.id, room.label, start.shown, start.half)
        return filled(BOOKABLE, field.columns, waiting_url, *words)
    return filled(FREE, field.columns, field.words) if field.kind == "free" else filled(SHUT, field.columns)


def _card(card: Any) -> SafeString:
    """One visit in its real shape, with when, for what and with whom; the link to its page."""
    visit = card.visit
    return filled(
        CARD,
        address("sessions:visit", visit.id),
        filled(SHAPE, card.shown_from, card.shown_minutes, card.minutes),
        visit.patient_name,
        card.times,
        visit.title if visit.has_plan else f"{visit.title}, no plan yet",
        visit.nurse,
        state(card.sign, card.status),
    )
