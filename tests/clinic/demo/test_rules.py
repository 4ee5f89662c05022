from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from clinic.demo.rules import curves, people, stories
from clinic.demo.rules.diary import ROOM_LABELS, TODAY, Diary

NOW = datetime(2026, 3, 10, 16, 33, 20, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


def test_people_of_one_seed_are_the_same_and_have_different_names():
    first, second = (people.people(5, 60, date(2026, 3, 10)) for _ in range(2))

    names = {(person.details["given_name"], person.details["family_name"]) for person in first}
    assert first == second
    assert len(names) == 60


def test_more_people_leave_the_first_ones_as_they_were():
    few, many = (people.people(5, count, date(2026, 3, 10)) for count in (10, 200))

    assert many[:10] == few


def test_an_address_for_mail_is_plain():
    found = [person.details["email"] for person in people.people(1, 60, date(2026, 3, 10))]

    assert all(address.isascii() and address.endswith("@example.org") for address in found)


def test_a_key_is_of_version_seven_and_in_the_order_of_time():
    rng = Random(1)

    keys = [people.key(rng, milliseconds) for milliseconds in (1_700_000_000_000, 1_700_000_000_001)]

    assert [key.version for key in keys] == [7, 7]
    assert keys == sorted(keys)


@pytest.mark.parametrize("total", range(28))
def test_answers_add_up_to_the_total(total):
    answers = curves.phq9(total, Random(total), suicide_item=3 if total > 24 else 0)

    assert len(answers) == 9
    assert sum(answers) == total
    assert set(answers) <= {0, 1, 2, 3}


def test_the_rise_is_highest_at_forty_minutes_and_settles_within_the_hour():
    shares = [curves.rise(minute) for minute in range(-10, 120, 5)]

    assert max(shares) == curves.rise(40) == 100
    assert curves.rise(-10) < 5
    assert curves.rise(100) < 5


@pytest.mark.parametrize("seed", range(30))
def test_readings_stay_within_what_holds_nothing_and_settle_before_the_door(seed):
    rng = Random(seed)
    body = curves.body(rng)

    before, height, at_the_door = (curves.reading(rng, body, minute) for minute in (-7, 38, 100))

    assert before["systolic_mmhg"] <= 140
    assert height["systolic_mmhg"] < 180
    assert height["spo2_percent"] >= 94
    assert at_the_door["systolic_mmhg"] < 140
    assert at_the_door["moaas"] == 5


def test_a_responder_halves_and_a_non_responder_does_not():
    rng = Random(1)

    responder = curves.total_after(20, curves.RESPONDER, 6, rng)
    other = curves.total_after(20, curves.NON_RESPONDER, 6, rng)

    assert responder <= 10
    assert other > 15


def test_visits_of_today_never_share_a_room():
    places = sorted((room, minutes) for role in TODAY.values() for room, minutes in role)
    missed = TODAY[stories.MISSED]

    for (room, start), (next_room, next_start) in pairwise(places):
        assert room != next_room or next_start - start >= 140 or (room, start) in missed
    assert {room for room, _ in places} == set(range(len(ROOM_LABELS)))


def test_the_diary_gives_every_place_once_and_none_on_sundays():
    diary, rng, monday = Diary(NOW, ZONE), Random(1), date(2026, 3, 9)

    slots = [diary.past(rng, monday) for _ in range(45)]

    assert len(set(slots)) == 45
    assert {slot.starts_at.astimezone(ZONE).strftime("%a") for slot in slots} == {"Mon", "Sat", "Fri"}


def test_a_place_of_today_that_lies_on_another_day_is_not_given():
    night = Diary(datetime(2026, 3, 10, 5, 10, tzinfo=UTC), ZONE)  # ten past one in the night

    assert night.around_now(stories.GONE) is None
    assert night.around_now(stories.RUNNING) is not None


def test_sessions_of_a_story_lie_in_order():
    days = stories.Story(stories.TREATED, sessions=8, days_ago=2).session_days_ago

    assert days == (52, 49, 46, 43, 40, 37, 23, 2)
