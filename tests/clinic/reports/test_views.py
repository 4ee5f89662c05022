import uuid
from datetime import UTC, datetime, timedelta

import pghistory
import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.actions import Seen, record_access
from clinic.audit.models import AccessEvent
from clinic.kit.requests import AccessNote
from clinic.reports import queries
from clinic.reports.queries import TrailFilter
from clinic.sites.models import Site
from clinic.staff import queries as staff_queries
from clinic.staff.permissions import Role
from patients.history import actions as history_actions
from patients.registration import actions as registration_actions
from patients.registration.models import Patient
from tests.as_application import run_as_application
from tests.scenarios import people, plans
from tests.scenarios.cast import NOW, hire

MOST_QUERIES = 12
OTHER = {"given_name": "Jamie", "family_name": "Chen", "preferred_name": "", "phone": "+12025550177"}


@pytest.fixture
def olga(client, cast):
    client.force_login(cast.olga)
    return client


def seen(user, *, route="patients:detail", at=NOW, status=200, about=()):
    row = Seen(at, user.pk, str(user), " ".join(user.roles), "GET", route, status, "127.0.0.9")
    record_access(row, AccessNote(uuid.uuid4(), set(about)))


def who(page):
    return [(row.who, row.what) for row in page.context["page"].rows]


def test_looks_are_listed_newest_first(olga, cast):
    seen(cast.nora, at=NOW - timedelta(minutes=5))
    seen(cast.fran, at=NOW, route="sessions:day")

    page = olga.get(reverse("clinic:trail"))

    assert who(page) == [("Fran Feld", "sessions:day"), ("Nora Nolan, RN", "patients:detail")]


def test_looking_at_the_trail_is_in_the_trail(olga, cast):
    patient = people.registered(cast)
    seen(cast.nora, about=[patient.pk])

    olga.get(reverse("clinic:trail"))

    row = AccessEvent.objects.latest("occurred_at")
    assert (row.user_name, row.route, row.patient_ids) == ("Olga Ortiz", "clinic:trail", [patient.pk])


def test_one_person_is_found_by_the_record_number(olga, cast):
    mia, jamie = people.registered(cast), people.registered(cast, **OTHER)
    seen(cast.nora, about=[mia.pk])
    seen(cast.fran, about=[jamie.pk])

    answer = olga.post(reverse("clinic:trail-find"), {"record_number": mia.record_number})
    page = olga.get(answer["Location"])

    assert who(page) == [("Nora Nolan, RN", "patients:detail")]
    assert mia.record_number in page.text
    assert mia.family_name not in answer["Location"]


def test_an_unknown_record_number_is_said_so(olga, cast):
    page = olga.post(reverse("clinic:trail-find"), {"record_number": "999-999"}, follow=True)

    assert "Nobody has that record number." in page.text


def test_looks_are_narrowed_by_colleague_and_day_and_refusal(olga, cast):
    seen(cast.nora, at=NOW - timedelta(days=1))
    seen(cast.nora, status=403)
    seen(cast.nora)
    seen(cast.fran)

    address = reverse("clinic:trail")
    by_colleague = olga.get(address, {"user": cast.nora.pk})
    by_day = olga.get(address, {"user": cast.nora.pk, "day": "2026-03-09"})
    refused = olga.get(address, {"user": cast.nora.pk, "refused": "on"})

    assert [len(page.context["page"].rows) for page in (by_colleague, by_day, refused)] == [3, 1, 1]


@pytest.mark.parametrize(
    "parameters",
    [
        {"before": "yesterday"},
        {"before": "2026-03-10T10:00:00+00:00~patient~" + "9" * 60},
        {"before": "0001-01-01T00:00:00+14:00~patient~1"},
        {"before": "2026-03-10T10:00:00~patient~1"},
        {"before": "\x00"},
        {"patient": "1 OR 1=1"},
        {"user": "nobody"},
        {"day": "9999-12-31"},
        {"day": "2026-02-30"},
        {"refused": "perhaps", "sort": "password"},
    ],
)
@pytest.mark.parametrize("name", ["clinic:trail", "clinic:trail-changes"])
def test_parameters_that_do_not_fit_are_left_out(olga, name, parameters):
    page = olga.get(reverse(name), parameters)

    assert page.status_code in {200, 400}


def every_page(ask):
    rows, end = [], None
    while True:
        page = ask(end)
        rows += page.rows
        end = queries.mark(str(page.next_before)) if page.next_before else None
        if end is None:
            return rows


@pytest.mark.django_db
def test_pages_of_looks_skip_and_repeat_none_of_one_moment(cast):
    for _ in range(120):
        seen(cast.nora)

    rows = every_page(lambda end: queries.looks(TrailFilter(), before=end))

    assert len({row.id for row in rows}) == len(rows) == 120


@pytest.mark.django_db
def test_pages_of_changes_skip_and_repeat_none_of_one_moment(cast):
    """Everything here is one transaction, so every row of the history has the same moment."""
    plans.planned_course(cast)
    total = sum(model.objects.count() for model in queries.event_models().values())

    rows = every_page(lambda end: queries.changes(TrailFilter(), before=end))

    assert len({(row.kind, row.event_id) for row in rows}) == len(rows) == total
    assert total > queries.PAGE_ROWS


def test_changes_are_listed_with_their_author(olga, cast):
    patient = people.registered(cast)
    details = {**people.DETAILS, "given_name": "Marie"}
    with pghistory.context(user=str(cast.fran.pk)):
        registration_actions.edit(patient=patient, details=details, seen_version=1, by=cast.fran, now=NOW)

    page = olga.get(reverse("clinic:trail-changes"), {"patient": patient.pk})

    assert [(row.who, row.act, row.label) for row in page.context["page"].rows] == [
        ("Fran Feld", "Changed", "Patient"),
        ("The system", "Added", "Patient"),
    ]


def test_one_change_is_shown_field_by_field(olga, cast):
    patient = people.registered(cast)
    details = {**people.DETAILS, "family_name": "Ordóñez Vega"}
    registration_actions.edit(patient=patient, details=details, seen_version=1, by=cast.fran, now=NOW)
    event = Patient.pgh_event_model.objects.latest("pgh_id")

    page = olga.get(reverse("clinic:trail-row", args=["patient", event.pgh_id]))

    changed = {field.name: (field.before, field.after) for field in page.context["detail"].fields if field.is_different}
    assert changed == {"Legal family name": ("Ordóñez", "Ordóñez Vega"), "Row version": ("1", "2")}
    assert [row.act for row in page.context["detail"].earlier] == ["Added"]


def test_a_change_is_told_in_words_and_clinic_time(olga, cast):
    patient = people.registered(cast)
    at = datetime(2026, 3, 10, 14, 42, 5, tzinfo=UTC)
    listed = history_actions.add_allergy(patient=patient, substance="Latex", reaction="", by=cast.nora, now=at)
    event = listed.pgh_event_model.objects.latest("pgh_id")

    page = olga.get(reverse("clinic:trail-row", args=["allergy", event.pgh_id]))

    told = {field.name: field.after for field in page.context["detail"].fields}
    assert told["Recorded at"] == "Mar 10, 2026, 10:42:05 am"
    assert told["Recorded by"] == "Nora Nolan, RN"
    assert told["Patient"] == patient.record_number
    assert "Id" not in told


def test_what_came_of_a_request_is_told_in_words(olga, cast):
    seen(cast.fran, status=403)

    page = olga.get(reverse("clinic:trail"))

    assert "Opened:</span> A person’s page" in page.text
    assert "Refused" in page.text
    assert "403" not in page.text.partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.parametrize(("kind", "event"), [("patient", 10**12), ("password", 1), ("user", 1)])
def test_a_change_that_is_not_there_is_not_found(olga, kind, event):
    assert olga.get(reverse("clinic:trail-row", args=[kind, event])).status_code == 404


@pytest.mark.parametrize("name", ["clinic:trail", "clinic:trail-changes"])
@pytest.mark.parametrize("count", [1, 40])
def test_trail_pages_stay_within_their_queries(olga, cast, name, count):
    for number in range(count):
        patient = people.registered(cast, given_name=f"Person {number}")
        seen(cast.nora, about=[patient.pk])
    olga.get(reverse(name))

    with CaptureQueriesContext(connection) as captured:
        olga.get(reverse(name))

    assert len(captured) <= MOST_QUERIES


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_touch_any_history(cast, word):
    plans.planned_course(cast)

    for model in queries.event_models().values():
        with pytest.raises(DatabaseError):
            run_as_application(word.format(model._meta.db_table))


def test_changes_are_narrowed_by_kind_and_name_the_record(olga, cast):
    course = people.referred(cast)

    page = olga.get(reverse("clinic:trail-changes"), {"kind": "course"})

    assert [(row.label, row.record) for row in page.context["page"].rows] == [("Course", course.patient.record_number)]
    assert AccessEvent.objects.latest("occurred_at").patient_ids == [course.patient_id]


def test_colleagues_to_choose_from_are_those_of_the_site_and_the_one_who_is_chosen(cast):
    denver = Site.objects.create(name="Larimer Street", time_zone="America/Denver")
    dora = hire("Dora Dell", Role.NURSE, site=denver, now=NOW)

    here = staff_queries.people_who_work_at(cast.site.pk)
    with_dora = staff_queries.people_who_work_at(cast.site.pk, also=str(dora.pk))

    assert (str(cast.nora.pk), str(cast.nora)) in here
    assert (str(dora.pk), str(dora)) not in here
    assert (str(dora.pk), str(dora)) in with_dora
    assert staff_queries.people_who_work_at(cast.site.pk, also="nobody") == here
