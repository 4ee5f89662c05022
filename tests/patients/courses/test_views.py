import pytest
from django.test import Client

from clinic.kit.keys import uuid7
from patients.courses.models import Course
from tests.scenarios import people
from tests.scenarios.cast import Cast


def sent(**other: str) -> dict[str, str]:
    return {"key": str(uuid7()), "indication": "F33.2", "referrer": "Dr. Hale", **other}


@pytest.fixture
def fran(client: Client, cast: Cast) -> Client:
    client.force_login(cast.fran)
    return client


def test_open_course_is_at_the_site_of_who_opens_it(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/courses/new/", sent())

    course = Course.objects.get()
    assert answer.url == f"/patients/{patient.pk}/"
    assert (course.patient, course.site, course.indication, course.state) == (patient, cast.site, "F33.2", "referred")


def test_open_course_twice_opens_one(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)
    form = sent()

    answers = [fran.post(f"/patients/{patient.pk}/courses/new/", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Course.objects.count() == 1


def test_open_course_beside_an_open_one_is_refused_in_words(fran: Client, cast: Cast) -> None:
    course = people.referred(cast)

    answer = fran.post(f"/patients/{course.patient_id}/courses/new/", sent(referrer="Dr. Other"))

    assert answer.status_code == 422
    assert "A course is already open (referred)." in answer.content.decode()
    assert 'value="Dr. Other"' in answer.content.decode()
    assert Course.objects.count() == 1


def test_open_course_with_the_key_of_another_persons_course_is_not_found(fran: Client, cast: Cast) -> None:
    course = people.referred(cast)
    other = people.registered(cast, given_name="Noa")

    answer = fran.post(f"/patients/{other.pk}/courses/new/", sent(key=str(course.pk)))

    assert answer.status_code == 404
    assert list(Course.objects.values_list("patient_id", flat=True)) == [course.patient_id]


@pytest.mark.parametrize("indication", ["", "F99", "f33.2", "\x00"])
def test_open_course_for_something_not_offered_is_refused(fran: Client, cast: Cast, indication: str) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/courses/new/", sent(indication=indication))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"indication"}


@pytest.mark.parametrize("who", ["nora", "mika", "dirk", "theo", "ada", "olga"])
def test_open_course_is_refused_to_others(client: Client, cast: Cast, who: str) -> None:
    patient = people.registered(cast)
    client.force_login(getattr(cast, who))

    assert client.post(f"/patients/{patient.pk}/courses/new/", sent()).status_code == 403
    assert not Course.objects.exists()
