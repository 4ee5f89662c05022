from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from patients.registration.models import Patient
from tests.scenarios import people
from tests.scenarios.cast import Cast

REGISTER = "/patients/new/"
TYPED = {
    "given_name": "Maria",
    "family_name": "Ordóñez",
    "birth_date": "1982-06-04",
    "phone": "(202) 555-0143",
    "sex_at_birth": "unknown",
    "language": "en",
}


@pytest.fixture
def fran(client: Client, cast: Cast) -> Client:
    client.force_login(cast.fran)
    return client


def typed(**other: str) -> dict[str, str]:
    return {**TYPED, "key": str(uuid7()), **other}


def test_register_leads_to_the_new_person(fran: Client) -> None:
    answer = fran.post(REGISTER, typed(), follow=True)

    patient = Patient.objects.get()
    assert answer.redirect_chain == [(f"/patients/{patient.pk}/", 302)]
    assert f"Registered as record {patient.record_number}." in answer.content.decode()
    assert (patient.given_name, patient.phone.as_e164, patient.sex_at_birth) == ("Maria", "+12025550143", "unknown")


def test_register_asks_only_for_name_and_birth_date(fran: Client) -> None:
    page = fran.get(REGISTER)

    form = page.context["form"]
    needed = [name for name, field in form.fields.items() if field.required]
    assert needed == ["key", "given_name", "family_name", "birth_date", "sex_at_birth", "language"]
    assert form["sex_at_birth"].value() == "unknown"
    assert form["language"].value() == "en"


def test_register_twice_leads_to_the_same_person(fran: Client) -> None:
    sent = typed()

    first, second = fran.post(REGISTER, sent), fran.post(REGISTER, sent)

    assert first.url == second.url
    assert Patient.objects.count() == 1


def test_register_somebody_who_looks_registered_asks_once_with_the_typing_kept(fran: Client, cast: Cast) -> None:
    maria = people.registered(cast)
    sent = typed(given_name="Marya", city="Troy")

    asked = fran.post(REGISTER, sent)
    taken = fran.post(REGISTER, {**sent, "anyway_because": "Twin sister"})

    page = asked.content.decode()
    assert asked.status_code == 422
    assert f'href="/patients/{maria.pk}/"' in page
    assert "same birth date, similar name, same phone" in page
    assert 'value="Troy"' in page
    assert 'name="anyway_because"' in page
    assert AccessEvent.objects.filter(route="patients:register").first().patient_ids == [maria.pk]
    assert taken.status_code == 302
    assert Patient.objects.filter(given_name="Marya").count() == 1


def test_register_again_after_going_back_is_refused_with_the_typing_kept(fran: Client) -> None:
    sent = typed()
    fran.post(REGISTER, sent)

    answer = fran.post(REGISTER, {**sent, "given_name": "Noa"})

    assert answer.status_code == 422
    assert "This form was already saved as record" in answer.content.decode()
    assert 'value="Noa"' in answer.content.decode()
    assert Patient.objects.get().given_name == "Maria"


def test_register_with_the_key_of_somebody_elses_form_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    patient = people.registered(cast)

    answer = client.post(REGISTER, typed(key=str(patient.pk)))

    assert answer.status_code == 404
    assert patient.record_number not in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien-Smith",
        "Nguyễn",
        "محمد",
        "李",
        "X Æ",
        "Q",
        "Null",
        "None",
        "👩🏽‍⚕️",
        "می‌خواهم",
        "<b>Bold</b>",
        "{{7*7}}",
        "${7*7}",
        "' OR 1=1--",
        "=HYPERLINK(1)",
        "@SUM",
        "../../etc/passwd",
        "%s%n",
        "Аnn",
        "A" * 80,
    ],
)
def test_register_keeps_a_name_as_typed(fran: Client, name: str) -> None:
    fran.post(REGISTER, typed(family_name=name))

    patient = Patient.objects.get()
    assert patient.family_name == name
    page = fran.get(reverse("patients:edit", args=[patient.pk]))
    assert page.context["form"]["family_name"].value() == name


@pytest.mark.parametrize(("sent", "kept"), [("  Ann\u00a0", "Ann"), ("Jose\u0301", "José"), ("\u00a0 Wu \u00a0", "Wu")])
def test_register_trims_a_name_and_composes_it(fran: Client, sent: str, kept: str) -> None:
    fran.post(REGISTER, typed(given_name=sent))

    assert Patient.objects.get().given_name == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\u200b",
        "\u200d\u200c",
        "A\x00b",
        "A\x07b",
        "A\r\nBcc: b",
        "A\u202eb",
        "A\u2066b",
        "A\ufffeb",
        "A\ue000b",
        "\u2028",
        "A" * 81,
    ],
)
def test_register_refuses_a_name_that_cannot_be_read(fran: Client, name: str) -> None:
    answer = fran.post(REGISTER, typed(given_name=name))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"given_name"}
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    "born",
    ["", "1899-12-31", "0001-01-01", "9999-12-31", "10000-01-01", "2025-02-29", "2026-13-01", "٢٠٠١-٠١-٠١", "soon"],
)
def test_register_refuses_an_impossible_birth_date(fran: Client, born: str) -> None:
    answer = fran.post(REGISTER, typed(birth_date=born))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"birth_date"}
    assert not Patient.objects.exists()


@pytest.mark.parametrize("born", ["1900-01-01", "2004-02-29", "06/04/1982"])
def test_register_takes_a_possible_birth_date(fran: Client, born: str) -> None:
    answer = fran.post(REGISTER, typed(birth_date=born))

    assert answer.status_code == 302
    assert Patient.objects.get().birth_date in {date(1900, 1, 1), date(2004, 2, 29), date(1982, 6, 4)}


@pytest.mark.parametrize(
    "phone",
    ["12", "555-0143", "202 555 0143 ext 5", "1-800-FLOWERS", "☎ 202 555 0143", "9" * 40, "+1 202 555 0143\x00"],
)
def test_register_refuses_a_phone_number_that_would_not_ring(fran: Client, phone: str) -> None:
    answer = fran.post(REGISTER, typed(phone=phone))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"phone"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sex_at_birth", "robot"),
        ("language", "EN"),
        ("email", "a@b@c.org"),
        ("email", "a@b\u202ec.org"),
        ("email", "x" * 250 + "@example.org"),
        ("key", "7"),
    ],
)
def test_register_refuses_what_is_not_offered(fran: Client, field: str, value: str) -> None:
    answer = fran.post(REGISTER, typed(**{field: value}))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}


def test_register_ignores_what_the_form_does_not_offer(fran: Client) -> None:
    fran.post(REGISTER, typed(record_number="999-999", row_version="7", registered_by=str(uuid7())))

    patient = Patient.objects.get()
    assert patient.record_number != "999-999"
    assert patient.row_version == 1


def test_look_shows_age_and_who_is_alike_and_is_on_the_trail(fran: Client, cast: Cast) -> None:
    maria = people.registered(cast)

    answer = fran.post(f"{REGISTER}look/", {**TYPED, "birth_date": "1982-06-04"})

    page = answer.content.decode()
    assert "years old" in page
    assert reverse("patients:detail", args=[maria.pk]) in page
    assert "same birth date, same name, same phone" in page
    assert AccessEvent.objects.get(route="patients:register-look").patient_ids == [maria.pk]


def test_look_at_odd_input_shows_nothing(fran: Client) -> None:
    answer = fran.post(f"{REGISTER}look/", {"given_name": "\x00", "birth_date": "9999-12-31", "phone": "x"})

    assert answer.status_code == 200
    assert answer.content.decode().strip() == ""


def edited(patient: Patient, **other: str) -> dict[str, str]:
    return {**TYPED, "row_version": str(patient.row_version), **other}


def test_edit_saves_what_was_typed(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/edit/", edited(patient, city="Troy"))

    assert answer.url == f"/patients/{patient.pk}/"
    assert Patient.objects.get().city == "Troy"


def test_stale_edit_shows_what_changed_and_keeps_the_typing(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast, emergency_name="", emergency_phone="", escort_name="", escort_phone="")
    mine = edited(patient, city="Utica", address="1 Elm Street")
    fran.post(f"/patients/{patient.pk}/edit/", edited(patient, city="Troy", payer="Blue Plan"))

    answer = fran.post(f"/patients/{patient.pk}/edit/", mine)

    assert answer.status_code == 422
    rows = {row.label: (row.was, row.saved, row.typed, row.is_conflict) for row in answer.context["conflict"].changes}
    assert rows["City"] == ("", "Troy", "Utica", True)
    assert rows["Payer"] == ("", "Blue Plan", "", False)
    form = answer.context["form"]
    assert [form[name].value() for name in ("city", "address", "payer", "row_version")] == [
        "Utica",
        "1 Elm Street",
        "Blue Plan",
        2,
    ]
    assert "Somebody else changed these details" in answer.content.decode()
    assert Patient.objects.get().city == "Troy"


def test_edit_with_a_version_that_never_was_is_refused(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/edit/", edited(patient, city="Troy", row_version="99"))

    assert answer.status_code == 422
    assert Patient.objects.get().city == ""


@pytest.mark.parametrize("who", ["nora", "nils", "mika", "paula", "dirk", "theo", "olga"])
def test_registering_and_editing_is_for_the_desk(client: Client, cast: Cast, who: str) -> None:
    patient = people.registered(cast)
    client.force_login(getattr(cast, who))

    statuses = [
        client.get(REGISTER).status_code,
        client.post(REGISTER, typed()).status_code,
        client.post(f"{REGISTER}look/", typed()).status_code,
        client.post(f"/patients/{patient.pk}/edit/", edited(patient, city="Troy")).status_code,
    ]

    assert statuses == [403] * 4
    assert [(row.city, row.row_version) for row in Patient.objects.all()] == [("", 1)]


def test_edit_of_nobody_is_not_found(fran: Client) -> None:
    assert fran.get(f"/patients/{uuid7()}/edit/").status_code == 404
    assert fran.get("/patients/7/edit/").status_code == 404
