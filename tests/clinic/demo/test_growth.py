from random import Random

import pytest

from clinic.demo.rules import growth
from clinic.demo.rules.diary import ROOM_LABELS, STARTS
from clinic.demo.rules.growth import DAYS_OF_HISTORY, Lived, Made
from clinic.demo.rules.people import house_name, one_of_many
from clinic.demo.rules.stories import ENDED, MOST_TOLD, stories

SUNDAYS = range(0, DAYS_OF_HISTORY, 7)


def lived(person, *, sessions, room, first_day=1000, every=7):
    days = range(first_day + 11, first_day + 11 + sessions * every, every)
    places = growth.together(growth.place(day, room, day % len(STARTS)) for day in days)
    return Lived(person, first_day, sessions, room, places)


def made():
    ended = [lived(10, sessions=2, room=0), lived(11, sessions=9, room=1), Lived(12, 1010)]
    of_today = [lived(0, sessions=3, room=2, first_day=1040), Lived(1, 1090)]
    return Made(ended, of_today, growth.whole_days(SUNDAYS))


def grown(count, *, per_person=6, seed=1):
    return growth.crowd(count, made(), sessions=count * per_person, seed=seed)


@pytest.mark.parametrize(
    ("people", "sessions"), [(100, 600), (10_000, 600), (105_000, 800), (200_000, 1000), (500_000, 1000)]
)
def test_more_people_have_had_more_sessions_each(people, sessions):
    assert growth.sessions_per_hundred(people) == sessions


def test_no_place_is_taken_twice_and_none_on_a_closed_day():
    taken = {}

    for copy in grown(4000):
        moved = copy.like.in_room(copy.room) >> (copy.days * growth.PLACES_A_DAY)
        assert moved.bit_count() == copy.like.sessions
        is_free = not moved & taken.get(copy.house, made().closed)
        assert is_free
        taken[copy.house] = taken.get(copy.house, 0) | moved

    assert len(taken) > 1


def test_nobody_came_before_the_history_begins():
    assert min(copy.like.first_day - copy.days for copy in grown(4000)) >= 0


def test_there_are_about_as_many_sessions_as_asked_for():
    had = sum(copy.like.sessions for copy in grown(1000, per_person=6))

    assert abs(had - 6000) < 60


def test_a_further_house_has_a_today_of_its_own():
    crowd = grown(4000)
    houses = {copy.house for copy in crowd}
    of_today = {one.person for one in made().of_today}

    for house in houses - {0, max(houses)}:
        assert {copy.like.person for copy in crowd if copy.house == house and copy.like.person in of_today} == of_today
    assert not any(copy.like.person in of_today for copy in crowd if copy.house == 0)


def test_the_same_seed_gives_the_same_crowd():
    assert grown(300, seed=3) == grown(300, seed=3)
    assert grown(300, seed=3) != grown(300, seed=4)


def test_places_in_another_room_stay_on_their_day_and_hour():
    one = lived(1, sessions=4, room=1)

    there = one.in_room(4)

    assert there == one.places << 3 * len(STARTS)
    assert Lived(1, one.first_day, 4, 4, there).in_room(1) == one.places


def test_stories_that_have_ended_leave_nothing_open():
    assert {story.room for story in ENDED} == set(range(len(ROOM_LABELS)))
    assert min(story.days_ago for story in ENDED if story.sessions) > 21
    assert not any(story.today for story in ENDED)


def test_no_more_people_are_told_than_there_are_stories():
    assert len(stories(MOST_TOLD + 500)) == MOST_TOLD
    assert len(stories(7)) == 7


def test_houses_have_names_of_their_own():
    names = [house_name(number) for number in range(1, 900)]

    assert len(set(names)) == len(names)


def test_few_of_a_crowd_share_a_whole_name():
    rng = Random(1)
    crowd = [one_of_many(rng, "female", None) for _ in range(2000)]

    names = {(one.details["given_name"], one.details["family_name"]) for one in crowd}
    assert len(names) > len(crowd) * 85 // 100
