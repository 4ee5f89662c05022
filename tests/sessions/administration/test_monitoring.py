"""Which readings are due, and which alert. Source: docs/clinical/monitoring.md."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.administration.rules.monitoring import Reading, Timeline, alert_spans, alerts, due_list, next_due

START = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def at(minutes):
    return START + timedelta(minutes=minutes)


def minute(moment):
    return None if moment is None else (moment - START) / timedelta(minutes=1)


def rows(timeline, readings=(), skips=(), now=0):
    """The due list as (minute, kind, state) rows."""
    found = due_list(timeline, [at(one) for one in readings], {at(one) for one in skips}, at(now))
    return [(minute(due.due_at), due.kind, due.state) for due in found]


RUNNING = Timeline(at(0))
STOPPED = Timeline(at(0), at(25))


def test_nothing_is_due_before_the_start():
    assert rows(Timeline(None), now=5) == []
    assert next_due([]) is None


def test_rows_follow_the_start_every_ten_minutes():
    assert rows(RUNNING, [-5, 0, 11], now=24) == [
        (-10, "baseline", "done"),
        (0, "start", "done"),
        (10, "running", "done"),
        (20, "running", "late"),
        (30, "running", "upcoming"),
    ]


def test_rows_follow_the_real_stop_and_not_the_booked_one():
    assert [(due, kind) for due, kind, _ in rows(STOPPED, now=26)] == [
        (-10, "baseline"),
        (0, "start"),
        (10, "running"),
        (20, "running"),
        (25, "stop"),
        (40, "recovery"),
        (55, "recovery"),
        (70, "recovery"),
        (85, "recovery"),
    ]


def test_row_just_before_the_stop_is_one_with_it():
    assert [due for due, kind, _ in rows(Timeline(at(0), at(42)), now=43) if kind == "running"] == [10, 20, 30]
    assert [due for due, kind, _ in rows(Timeline(at(0), at(43)), now=43) if kind == "running"] == [10, 20, 30, 40]


@pytest.mark.parametrize(
    ("now", "state"),
    [(9.9, "upcoming"), (10, "due"), (13, "due"), (13.1, "late"), (20, "late"), (20.1, "escalate")],
)
def test_row_becomes_due_late_and_escalates(now, state):
    found = rows(RUNNING, [-5, 0], now=now)

    assert (10, "running", state) in found


@pytest.mark.parametrize(
    ("reading", "state"), [(6.9, "late"), (7, "done"), (10, "done"), (16.9, "done"), (17, "missed")]
)
def test_reading_counts_for_the_row_whose_time_has_nearly_come(reading, state):
    found = rows(RUNNING, [0, reading], now=19)

    assert (10, "running", state) in found


def test_row_that_was_overtaken_stays_as_missed():
    found = rows(STOPPED, [-5, 0, 25], now=26)

    assert [(due, state) for due, kind, state in found if kind in ("running", "stop")] == [
        (10, "missed"),
        (20, "missed"),
        (25, "done"),
    ]


def test_second_reading_of_a_row_never_fills_an_older_gap():
    found = rows(RUNNING, [0, 20, 21], now=22)

    assert (10, "running", "missed") in found
    assert (20, "running", "done") in found


def test_row_names_the_first_reading_that_met_it():
    found = due_list(RUNNING, [at(12), at(10), at(-4)], (), at(15))

    assert [(due.kind, minute(due.met_by)) for due in found if due.met_by] == [("baseline", -4), ("running", 10)]


def test_skipped_row_is_shown_as_skipped_unless_a_reading_came():
    assert (10, "running", "skipped") in rows(RUNNING, [0], skips=[10], now=15)
    assert (10, "running", "done") in rows(RUNNING, [0, 11], skips=[10], now=15)


@pytest.mark.parametrize(("reading", "state"), [(-30, "done"), (-30.1, "escalate"), (0, "done")])
def test_baseline_is_a_reading_of_the_last_half_hour(reading, state):
    found = rows(RUNNING, [reading], now=5)

    assert found[0] == (-10, "baseline", state)


def test_recovery_ends_with_discharge():
    found = rows(Timeline(at(0), at(25), discharged_at=at(90)), [83], now=90)

    assert [row for row in found if row[0] > 60] == [
        (70, "recovery", "missed"),
        (85, "recovery", "done"),
        (90, "discharge", "done"),
    ]


def test_recovery_row_of_the_door_is_the_discharge():
    found = rows(Timeline(at(0), at(25), discharged_at=at(87)), now=87)

    assert [(due, kind) for due, kind, _ in found if due > 60] == [(70, "recovery"), (87, "discharge")]


@pytest.mark.parametrize(("reading", "state"), [(75, "done"), (74.9, "due")])
def test_discharge_wants_a_reading_of_the_last_fifteen_minutes(reading, state):
    found = rows(Timeline(at(0), at(25), discharged_at=at(90)), [reading], now=90)

    assert found[-1] == (90, "discharge", state)


def test_alert_tightens_the_interval_to_five_minutes_until_it_is_over():
    watched = Timeline(at(0), alert_spans=((at(12), at(23)),))

    assert [(due, kind) for due, kind, _ in rows(watched, now=31)] == [
        (-10, "baseline"),
        (0, "start"),
        (10, "running"),
        (17, "alert"),
        (22, "alert"),
        (30, "running"),
        (40, "running"),
    ]


def test_alert_that_goes_on_keeps_asking():
    watched = Timeline(at(0), alert_spans=((at(12), None),))

    assert [due for due, kind, _ in rows(watched, now=24) if kind == "alert"] == [17, 22, 27]
    assert [due for due, kind, _ in rows(watched, now=24) if kind == "running"] == [10]


def test_alert_in_recovery_adds_rows_and_drops_doubles():
    watched = Timeline(at(0), at(25), alert_spans=((at(30), None),))

    found = rows(watched, now=44)

    assert [(due, kind) for due, kind, _ in found if due >= 25] == [
        (25, "stop"),
        (35, "alert"),
        (40, "recovery"),
        (45, "alert"),
        (55, "recovery"),
        (70, "recovery"),
        (85, "recovery"),
    ]


def test_alert_of_the_baseline_asks_nothing_before_the_start():
    watched = Timeline(at(0), alert_spans=((at(-12), at(-2)),))

    assert [kind for _, kind, _ in rows(watched, now=1)] == ["baseline", "start", "running"]


def test_session_that_was_forgotten_does_not_make_rows_for_ever():
    assert len(rows(RUNNING, now=60 * 24 * 365)) == 2 + 24 * 6 + 1


def test_next_due_is_the_first_row_that_waits():
    found = due_list(RUNNING, [at(0)], (), at(14))

    assert minute(next_due(found).due_at) == 10
    assert next_due(found).state == "late"


def reading(minutes, **values):
    return Reading(at(minutes), values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"systolic_mmhg": 180, "diastolic_mmhg": 110}, []),
        ({"systolic_mmhg": 181, "diastolic_mmhg": 80}, [("recheck", "systolic_mmhg")]),
        ({"systolic_mmhg": 150, "diastolic_mmhg": 111}, [("recheck", "systolic_mmhg")]),
        ({"systolic_mmhg": 200, "diastolic_mmhg": 120}, [("recheck", "systolic_mmhg")]),
        ({"systolic_mmhg": 201, "diastolic_mmhg": 80}, [("pause", "systolic_mmhg")]),
        ({"systolic_mmhg": 170, "diastolic_mmhg": 121}, [("pause", "systolic_mmhg")]),
        ({"heart_rate_bpm": 45}, []),
        ({"heart_rate_bpm": 44}, [("stop", "heart_rate_bpm")]),
        ({"heart_rate_bpm": 120}, []),
        ({"heart_rate_bpm": 121}, [("recheck", "heart_rate_bpm")]),
        ({"heart_rate_bpm": 140}, [("recheck", "heart_rate_bpm")]),
        ({"heart_rate_bpm": 141}, [("stop", "heart_rate_bpm")]),
        ({"spo2_percent": 92}, []),
        ({"spo2_percent": 91}, [("notify", "spo2_percent")]),
        ({"spo2_percent": 90}, [("notify", "spo2_percent")]),
        ({"spo2_percent": 89}, [("stop", "spo2_percent")]),
        ({"respiratory_rate_bpm": 8}, []),
        ({"respiratory_rate_bpm": 7}, [("stop", "respiratory_rate_bpm")]),
        ({"etco2_mmhg": 55}, []),
        ({"etco2_mmhg": 56}, [("stop", "etco2_mmhg")]),
        ({"moaas": 4}, []),
        ({"moaas": 3}, [("notify", "moaas")]),
        ({"moaas": 2}, [("stop", "moaas")]),
        ({"rass": -3}, []),
        ({"rass": -4}, [("stop", "rass")]),
        ({"spo2_percent": 89, "moaas": 2}, [("stop", "spo2_percent"), ("stop", "moaas")]),
        ({"spo2_percent": None}, []),
    ],
)
def test_single_reading_alerts_at_each_boundary(values, expected):
    assert [(alert.level, alert.field) for alert in alerts([reading(0, **values)])] == expected


@pytest.mark.parametrize(
    ("high_at", "level"), [((0, 5), "pause"), ((0, 4), "recheck"), ((0, 2, 5), "pause"), ((5,), "recheck")]
)
def test_pressure_that_stays_high_for_five_minutes_pauses(high_at, level):
    found = alerts([reading(minutes, systolic_mmhg=185, diastolic_mmhg=90) for minutes in high_at])

    assert [alert.level for alert in found] == [level]


def test_pressure_that_came_down_in_between_is_counted_afresh():
    found = alerts(
        [
            reading(0, systolic_mmhg=185, diastolic_mmhg=90),
            reading(3, systolic_mmhg=150, diastolic_mmhg=90),
            reading(6, systolic_mmhg=185, diastolic_mmhg=90),
        ]
    )

    assert [alert.level for alert in found] == ["recheck"]


def test_heart_rate_that_stays_high_for_five_minutes_pauses():
    assert [alert.level for alert in alerts([reading(5, heart_rate_bpm=125), reading(0, heart_rate_bpm=130)])] == [
        "pause"
    ]


def test_alerts_of_nothing_are_none():
    assert alerts([]) == ()


def test_alert_spans_run_from_an_alert_to_the_next_calm_reading():
    series = [
        reading(0, spo2_percent=97),
        reading(10, spo2_percent=91),
        reading(15, spo2_percent=90),
        reading(20, spo2_percent=96),
        reading(30, spo2_percent=91),
    ]

    assert alert_spans(series) == ((at(10), at(20)), (at(30), None))
    assert alert_spans([]) == ()
