"""Do the template tags draw what the look asks for, and never let text through as markup?"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.messages import constants as levels
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone

from clinic.templatetags import stepwell


def draw(source: str, **context: object) -> str:
    return Template("{% load stepwell %}" + source).render(Context(context))


def test_sign_without_a_label_is_hidden_from_screen_readers():
    drawn = stepwell.sign("due", size="lg")

    assert drawn == '<svg class="sw-sign due lg" aria-hidden="true"><use href="#s-due"/></svg>'


def test_sign_with_a_label_carries_it_as_its_name():
    drawn = stepwell.sign("done", "Consent: done", quiet=True)

    assert 'role="img" aria-label="Consent: done"' in drawn
    assert 'class="sw-sign done quiet"' in drawn


def test_sign_nobody_knows_is_refused():
    with pytest.raises(TemplateSyntaxError, match="no sign called 'green'"):
        stepwell.sign("green")


@pytest.mark.parametrize(
    ("kind", "quiet", "tone"),
    [("late", False, " is-late"), ("late", True, ""), ("unknown", False, "")],
)
def test_state_takes_the_tone_of_its_sign_only_when_it_has_one(kind, quiet, tone):
    drawn = stepwell.state(kind, "Ride", quiet=quiet)

    assert drawn.startswith(f'<span class="sw-state{tone}">')


def test_text_from_people_is_escaped_in_every_part():
    nasty = '<img src=x onerror="alert(1)">'

    drawn = draw(
        "{% state 'late' text %}{% badge text %}{% sign 'done' text %}"
        "{% pagehead text sub=text %}{{ text }}{% endpagehead %}"
        "{% section text note=text anchor=text %}{{ text }}{% endsection %}"
        "{% callout 'due' %}{{ text }}{% endcallout %}{% dialog text text %}{{ text }}{% enddialog %}",
        text=nasty,
    )

    assert "<img" not in drawn
    assert 'onerror="' not in drawn


def test_pagehead_without_buttons_draws_no_room_for_them():
    drawn = draw("{% pagehead 'Progress' level=2 %} {% endpagehead %}")

    assert '<h2 class="h1">Progress</h2>' in drawn
    assert "sw-acts" not in drawn


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (dt.datetime(2026, 3, 10, 14, 42, tzinfo=dt.UTC), "Mar 10, 2026, 10:42 am"),
        (dt.datetime(2026, 3, 10, 4, 5, tzinfo=dt.UTC), "Mar 10, 2026, 12:05 am"),
        (dt.datetime(2026, 3, 10, 3, 59, tzinfo=dt.UTC), "Mar 9, 2026, 11:59 pm"),
        (dt.datetime(2026, 3, 10, 16, 0, tzinfo=dt.UTC), "Mar 10, 2026, 12:00 pm"),
    ],
)
def test_when_says_the_time_in_the_zone_of_the_site(moment, said):
    with timezone.override("America/New_York"):
        shown = stepwell.when(moment)

    assert shown == said


def test_days_are_written_the_american_way():
    born = dt.date(1967, 4, 2)

    assert (stepwell.day(born), stepwell.short_day(born), stepwell.weekday(born)) == (
        "Apr 2, 1967",
        "Apr 2",
        "Sun Apr 2",
    )


def test_missing_dates_are_empty():
    assert [stepwell.day(None), stepwell.clock(None), stepwell.when(None)] == ["", "", ""]


@pytest.mark.parametrize(
    ("level", "sign"),
    [(levels.INFO, "done"), (levels.SUCCESS, "done"), (levels.WARNING, "due"), (levels.ERROR, "late")],
)
def test_message_level_has_its_sign(level, sign):
    assert stepwell.sign_of_level(level) == sign


def test_step_rail_says_each_state_in_words_and_marks_the_current_step():
    rail = [
        SimpleNamespace(number=1, title="Assessment", state="done", note="Eligible since Dec 18", url="/a/"),
        SimpleNamespace(number=2, title="Plan", state="current", note="Waits for a signature", url="/b/"),
        SimpleNamespace(number=3, title="Administration", state="blocked", note="Waits for a signed plan", url=""),
    ]

    drawn = draw("{% include 'partials/step_rail.html' with rail=rail only %}", rail=rail)

    assert drawn.count('aria-current="step"') == 1
    assert 'class="visually-hidden">blocked: </span>Waits for a signed plan' in drawn
    assert drawn.count("<a ") == 2


def test_readiness_names_what_is_open_with_the_link_that_fixes_it():
    items = [
        SimpleNamespace(sign="done", text="Consent"),
        SimpleNamespace(sign="due", text="Ride: no name", url="/ride/", act="Add"),
    ]

    drawn = draw("{% readiness items %}<button>Start</button>{% endreadiness %}", items=items)

    assert '<a href="/ride/">Add<span class="visually-hidden">: Ride: no name</span></a>' in drawn
    assert '<li class="sw-verdict"><button>Start</button></li>' in drawn
    assert "is-go" not in drawn


@pytest.mark.parametrize(
    ("known", "allergies", "shown"),
    [
        ("known", ["Sulfa (rash)"], "Sulfa (rash)"),
        ("none", [], "None known, asked Feb 20, 2026"),
        ("not asked", [], "Not asked yet"),
    ],
)
def test_patient_banner_never_takes_unasked_for_none(known, allergies, shown):
    banner = SimpleNamespace(
        name="Walter Nygaard",
        preferred_name="Walt",
        age=58,
        born=dt.date(1967, 4, 2),
        pronouns="he/him",
        record_number="198-402",
        allergies=allergies,
        allergies_known=known,
        allergies_asked_on=dt.date(2026, 2, 20),
        course_state="Maintenance",
        next_line="",
        alerts=[],
    )

    drawn = draw("{% include 'partials/patient_banner.html' with banner=banner only %}", banner=banner)

    facts = drawn[drawn.index("<dt>Allergies</dt>") :]
    assert shown in facts
    assert ("None known" in facts) is (known == "none")
