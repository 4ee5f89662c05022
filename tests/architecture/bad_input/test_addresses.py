"""What is asked in an address, typed to find, and named in a path: a page, a 400 or a 404, and never other rows."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
import time_machine
from django import forms
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.staff.models import User
from clinic.worklist.models import Task
from patients.registration.models import Patient
from tests.architecture.bad_input import corpus, normal
from tests.architecture.bad_input.cases_of_patients import DETAILS, PLAN
from tests.architecture.bad_input.fields import all_forms, parameters
from tests.architecture.bad_input.walk import HALF, URLENCODED, encoded
from tests.architecture.bad_input.world import World, ids_of
from tests.architecture.routes import Route, routes
from tests.architecture.source import modules, name_of, tree_of
from tests.scenarios.cast import NOW, PASSWORD

LOOK = dict.fromkeys(("given_name", "family_name", "preferred_name"), "person_name")
LOOK |= {"phone": "phone", "birth_date": "birth_date", "email": "email", "address": "words", "postal_code": "words"}
RECKON = dict.fromkeys(("weight_kg", "dose_mg_per_kg", "bag_drug_mg", "bag_volume_ml"), "decimal")
RECKON |= dict.fromkeys(("infusion_minutes", "session_count", "interval_days"), "integer")
PLACE = {"day": "day", "time": "clock", "room": "id", "which": "choice"}
TRAIL = {"patient": "id", "user": "id", "day": "day", "before": "datetime"}
# Who asks, and of which class each parameter is.
ASKED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "clinic:home": ("paula", {"role": "choice"}),
    "clinic:today-now": ("paula", {"role": "choice"}),
    "sessions:day": ("fran", {"day": "day"}),
    "sessions:waiting": ("fran", PLACE),
    "sessions:book": ("fran", PLACE),
    "patients:progress": ("nora", {"axis": "choice"}),
    "patients:duplicates": ("ada", {"before": "id"}),
    "clinic:staff": ("ada", {"after": "id"}),
    "patients:duplicates-compare": ("ada", {"kept": "id", "other": "id"}),
    "clinic:trail": ("olga", {**TRAIL, "refused": "boolean"}),
    "clinic:trail-changes": ("olga", {**TRAIL, "kind": "choice"}),
    "account_login": ("", {"next": "sort_filter"}),
}
QUESTIONS = [(route, name) for route, (_, asked) in ASKED.items() for name in asked]
# What takes request.GET: single names, and forms.
TAKES_GET = {
    "clinic/home/views.py:role",
    "patients/progress/views.py:axis",
    "patients/merging/views.py:StretchForm",
    "clinic/staff/views.py:StaffForm",
    "patients/merging/views.py:PairForm",
    "clinic/reports/views.py:user",
    "clinic/reports/views.py:LooksForm",
    "clinic/reports/views.py:ChangesForm",
    "sessions/scheduling/views.py:DayForm",
    "sessions/scheduling/views.py:PlaceForm",
}
# The forms that narrow or find, with every field they have.
LENIENT = {
    "LooksForm": ASKED["clinic:trail"][1],
    "ChangesForm": ASKED["clinic:trail-changes"][1],
    "DayForm": ASKED["sessions:day"][1],
    "PlaceForm": PLACE,
    "SearchForm": {"q": "search"},
    "StretchForm": ASKED["patients:duplicates"][1],
    "StaffForm": ASKED["clinic:staff"][1],
    "PairForm": ASKED["patients:duplicates-compare"][1],
    "FindRecordForm": {"record_number": "words"},
    "LookForm": LOOK,
    "ReckonForm": RECKON,
}
# Those that choose among rows or their order.
SORTED = {
    ("clinic:home", "role"),
    ("clinic:today-now", "role"),
    ("patients:progress", "axis"),
    ("clinic:trail", "user"),
    ("clinic:trail", "before"),
    ("clinic:trail-changes", "kind"),
    ("sessions:book", "which"),
    ("account_login", "next"),
}
BY_NAME = {"sessions/scheduling/views.py:back", "sessions/scheduling/views.py:seen", "clinic/home/views.py:owner"}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https://testserver@evil.example/",
    "/%0d%0aSet-Cookie:x=1",
    "\r\nLocation: https://evil.example",
)
WILD = ("%", "_", "\\", "*", "%%%%", "_____", "%_%", "'", "--", ";", "$$", "(((((", "\\1")


@pytest.fixture
def at_now() -> Iterator[None]:
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        yield
        transaction.set_rollback(True)


def signed_in(person: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def forms_of_addresses() -> set[str]:
    """Every form that a view fills from request.GET."""
    found = set()
    for path in modules():
        for node in ast.walk(tree_of(path)):
            takes = isinstance(node, ast.Call) and any(
                isinstance(part, ast.Attribute) and part.attr == "GET" for each in node.args for part in ast.walk(each)
            )
            if takes and isinstance(node.func, ast.Name):
                found.add(f"{name_of(path)}:{node.func.id}")
    return found


def test_every_parameter_of_an_address_is_tried() -> None:
    assert parameters("GET") | forms_of_addresses() == TAKES_GET
    assert parameters("POST") == BY_NAME


@pytest.mark.parametrize(
    "form", [each for each in all_forms() if each.__name__ in LENIENT], ids=lambda each: each.__name__
)
def test_every_field_that_narrows_or_finds_is_tried(form: type[forms.Form]) -> None:
    assert set(form.base_fields) <= set(LENIENT[form.__name__])


@pytest.mark.parametrize(("route", "name"), QUESTIONS, ids=lambda each: each)
def test_parameter_narrows_or_is_left_out(world: World, at_now: None, route: str, name: str) -> None:
    who, asked = ASKED[route]
    ids = {"patient_id": world.planless.patient_id} if route in {"sessions:book", "patients:progress"} else {}
    path, client = reverse(route, kwargs=ids), signed_in(getattr(world.cast, who) if who else None)
    with transaction.atomic():  # to look is itself in the trail
        usual = shown(client, path)
        transaction.set_rollback(True)

    wrong = [
        f"{odd.value[:60]!a}: {fault}"
        for odd in {*corpus.values(asked[name]), *(corpus.values("sort_filter") if (route, name) in SORTED else ())}
        if (fault := at_fault(client, f"{path}?{query(name, odd.value)}", odd, usual))
    ]

    assert wrong == []


@pytest.mark.parametrize("route", ["clinic:trail", "clinic:trail-changes"])
def test_place_in_the_trail_that_is_none_is_left_out(world: World, at_now: None, route: str) -> None:
    client = signed_in(world.cast.olga)
    rows = ("access~0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d", "patient~1", "patient~99999999999999999999", "user~0", "x~x")
    wrong = []

    for odd in corpus.values("datetime")[::2]:
        for row in rows:
            path = f"{reverse(route)}?{query('before', f'{odd.value}~{row}')}"
            with transaction.atomic():
                status = client.get(path).status_code
                transaction.set_rollback(True)
            wrong += [] if status == 200 else [(path[:90], status)]

    assert wrong == []


def at_fault(client: Client, path: str, odd: corpus.Odd, usual: Any) -> str:
    """What is wrong with the answer. What cannot be read is left out, or told with 400; nothing else may show."""
    with transaction.atomic():
        seen = shown(client, path)
        transaction.set_rollback(True)
    status, rows = seen
    if HALF.search(odd.value):
        return "" if status == 400 else f"answered {status}, not 400"
    if status not in {200, 400, 404}:
        return f"answered {status}"
    if odd.right == corpus.REFUSE and status == 200 and rows != usual[1]:
        return "shows other rows"
    return ""


def shown(client: Client, path: str) -> tuple[int, Any]:
    """The status, and what tells one row set from another."""
    answer = client.get(path)
    context = answer.context or {}
    page = context.get("page")
    rows = getattr(page, "rows", None) or getattr(page, "visits", None) or ()
    return answer.status_code, tuple(getattr(row, "event_id", None) or getattr(row, "id", None) for row in rows)


def query(name: str, value: str) -> str:
    return f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}"


PATHS = {parameter: route for route in routes() for parameter in route.parameters if route.access.any_of}


@pytest.mark.parametrize("parameter", sorted(PATHS))
def test_id_in_a_path_that_is_none_is_not_found(world: World, at_now: None, parameter: str) -> None:
    route: Route = PATHS[parameter]
    client = signed_in(next(each for each in world.cast.everybody if any(map(each.may, route.access.any_of))))
    kind = {"code": "choice", "kind": "choice", "event_id": "integer"}.get(parameter, "id")
    known = {**ids_of(world), **dict.fromkeys(route.parameters, ids_of(world)["session_id"]), "event_id": 1}
    known |= {name: "phq9" for name in ("code", "kind") if name in route.parameters}
    wrong = []
    for odd in {*corpus.values(kind), *corpus.values("sort_filter")}:
        named = odd.value.encode("utf-8", "surrogatepass")
        path = route.path
        for each in route.parameters:
            part = quote(named, safe="") if each == parameter else str(known[each])
            path = re.sub(rf"<[a-z]+:{each}>", lambda _, part=part: part, path)
        answer = client.get(path)
        if answer.status_code not in {404, 405, 301}:
            wrong.append((path[:80], answer.status_code))

    assert wrong == []


# ---------------------------------------------------------------- what is typed to find
def sent(client: Client, path: str, body: Mapping[str, str], **headers: str) -> Any:
    with transaction.atomic():
        answer = client.post(path, encoded(body), content_type=URLENCODED, headers=headers)
        transaction.set_rollback(True)
    return answer


def test_search_takes_anything_and_finds_only_what_is_meant(world: World, at_now: None) -> None:
    client, path = signed_in(world.cast.fran), reverse("patients:search")
    nobody = {row.person.id for row in sent(client, path, {"q": ""}).context["found"].rows}
    wrong = []

    for value in (*(odd.value for odd in corpus.values("search")), *WILD, "a" * 1_000_000):
        for headers in ({}, {"HX-Request": "true"}):
            answer = sent(client, path, {"q": value}, **headers)
            status = 400 if HALF.search(value) else 413 if len(value) > 10**5 * 9 else 200
            if answer.status_code not in {200, status}:
                wrong.append((ascii(value)[:60], answer.status_code))
            elif value in WILD and {row.person.id for row in answer.context["found"].rows} - nobody:
                wrong.append((value, "finds somebody"))

    assert wrong == []


def test_search_finds_the_odd_name_that_was_taken(world: World, at_now: None) -> None:
    client, lost = signed_in(world.cast.fran), []
    names = [odd.value for odd in corpus.values("person_name") if odd.right == corpus.ACCEPT]
    searchable = [name for name in names if sum(map(str.isalpha, name)) > 2 and "%" not in name and "\\" not in name]

    for name in searchable:
        with transaction.atomic():
            body = {**DETAILS, "key": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d", "given_name": name}
            client.post(reverse("patients:register"), encoded(body), content_type=URLENCODED)
            made = Patient.objects.get(pk=body["key"])
            answer = client.post(reverse("patients:search"), encoded({"q": made.given_name}), content_type=URLENCODED)
            if answer.status_code != 200 or made.pk not in {row.person.id for row in answer.context["found"].rows}:
                lost.append(ascii(name))
            transaction.set_rollback(True)

    assert lost == []


@pytest.mark.parametrize(
    ("route", "who", "classes", "usual"),
    [
        ("patients:register-look", "fran", LOOK, DETAILS),
        ("patients:plan-reckon", "paula", RECKON, PLAN),
    ],
    ids=["look", "reckon"],
)
def test_half_typed_form_is_answered_whatever_is_in_it(
    world: World, at_now: None, route: str, who: str, classes: Mapping[str, str], usual: Mapping[str, str]
) -> None:
    client = signed_in(getattr(world.cast, who))
    ids = {"patient_id": world.planless.patient_id} if route.endswith("reckon") else {}
    body = {name: usual[name] for name in classes}
    wrong = []

    for name, kind in classes.items():
        for odd in corpus.values(kind):
            status = sent(client, reverse(route, kwargs=ids), {**body, name: odd.value}).status_code
            if status != (400 if HALF.search(odd.value) else 200):
                wrong.append((name, ascii(odd.value)[:60], status))

    assert wrong == []


def test_record_number_that_is_none_leads_to_nobodys_trail(world: World, at_now: None) -> None:
    client = signed_in(world.cast.olga)
    wrong = []

    for odd in (*corpus.values("words"), *corpus.values("search")):
        answer = sent(client, reverse("clinic:trail-find"), {"record_number": odd.value})
        if HALF.search(odd.value):
            right = answer.status_code == 400
        else:
            right = answer.status_code == 302 and answer["Location"] == reverse("clinic:trail")
        wrong += [] if right else [(ascii(odd.value)[:60], answer.status_code)]

    assert wrong == []


def test_move_goes_back_only_to_a_list_that_is_known(world: World, at_now: None) -> None:
    client, path = signed_in(world.cast.fran), reverse("sessions:visit-arrived", args=[world.visit.pk])
    own = {reverse("sessions:visit", args=[world.visit.pk]), reverse("clinic:home"), reverse("sessions:day")}

    went = {
        sent(client, path, {"back": value})["Location"]
        for value in (*ELSEWHERE, *(odd.value for odd in corpus.values("sort_filter") if not HALF.search(odd.value)))
    }

    assert went <= own


def test_undo_takes_odd_versions_for_another_or_for_none(world: World, at_now: None) -> None:
    client, path = signed_in(world.cast.fran), reverse("sessions:visit-take-back", args=[world.visit.pk])

    answered = {sent(client, path, {"seen": odd.value}).status_code for odd in corpus.values("integer")}

    assert answered <= {302, 400, 422}


def test_task_is_taken_only_from_the_owner_who_was_seen(world: World, at_now: None) -> None:
    client, path = signed_in(world.cast.nora), reverse("clinic:task-take", args=[world.task.pk])
    wrong = []

    for odd in corpus.values("id"):
        with transaction.atomic():
            status = client.post(path, encoded({"owner": odd.value}), content_type=URLENCODED).status_code
            is_taken = Task.objects.filter(pk=world.task.pk, acknowledged_at__isnull=False).exists()
            transaction.set_rollback(True)
        wrong += [] if (status, is_taken) == (302, False) else [(ascii(odd.value)[:60], status, is_taken)]

    assert wrong == []


def test_trail_of_looks_keeps_routes_and_ids_and_no_word_that_was_typed(
    world: World, at_now: None, caplog: pytest.LogCaptureFixture
) -> None:
    client, word = signed_in(world.cast.fran), "Zanzibar"
    asked = [f"/calendar/?day={word}", f"/?role={word}", f"/patients/?q={word}", f"/patients/{word}/"]
    typed = {"q": word, "given_name": word, "family_name": word, "login": word, "key": word}

    for path in asked:
        client.get(path)
    for path in (reverse("patients:search"), reverse("patients:register"), reverse("patients:register-look")):
        client.post(path, encoded(typed), content_type=URLENCODED)

    rows = list(AccessEvent.objects.order_by("-occurred_at", "-id").values()[: len(asked) + 3])
    assert {row["route"] for row in rows} >= {"sessions:day", "patients:search", "patients:register", "no such page"}
    assert word not in str(rows)
    assert all(isinstance(each, UUID) for row in rows for each in row["patient_ids"])
    assert [line for line in caplog.messages if word in line] == [f"Not Found: /patients/{word}/"]


# ---------------------------------------------------------------- the door
@pytest.mark.parametrize(("name", "kind"), [("login", "email"), ("login", "words"), ("password", "password")])
def test_sign_in_lets_nobody_in_with_odd_input(world: World, at_now: None, name: str, kind: str) -> None:
    body = {"login": world.cast.fran.email, "password": PASSWORD}
    wrong = []

    for odd in corpus.values(kind):
        if kind == "password" and normal.password(odd.value) == PASSWORD:
            continue  # the same letters, composed otherwise
        client = signed_in(None)
        answer = sent(client, reverse("account_login"), {**body, name: odd.value})
        if answer.status_code not in {200, 400} or "stepwell" in client.cookies:
            wrong.append((ascii(odd.value)[:60], answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("address", ELSEWHERE)
def test_sign_in_leads_to_no_other_place(world: World, at_now: None, address: str) -> None:
    body = {"login": world.cast.fran.email, "password": PASSWORD, "next": address}

    inside = sent(signed_in(None), reverse("account_login"), body)
    outside = signed_in(None).get(f"{reverse('account_login')}?{urlencode({'next': address})}")

    assert (inside.status_code, outside.status_code) == (302, 200)
    assert re.fullmatch(r"/(?![/\\])[^\r\n\\]*", inside["Location"])
