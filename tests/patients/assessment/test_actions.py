"""Beginning an assessment, filling it, giving reasons and handing it over."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.records.actions import AlreadySigned, ChangedMeanwhile
from clinic.staff.actions import ProofRefused
from clinic.worklist import actions as worklist_actions
from clinic.worklist.models import Task
from patients.assessment import actions, queries, rules
from patients.assessment.models import Assessment, Finding, Override
from patients.courses import actions as course_actions
from patients.courses.models import Course, CourseTransition
from tests.scenarios.assessments import GAD7_13, answered, asked, decided, pressure, under_review
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.people import referred

LATER = NOW + timedelta(minutes=5)
TOMORROW = NOW + timedelta(days=1)
POSITIVE = (1, 1, 1, 1, 1, 1, 1, 1, 1)


def state_of(assessment):
    return Course.objects.get(pk=assessment.course_id).state


def started(cast, **details):
    return actions.start_assessment(course=referred(cast, **details), by=cast.nora, now=NOW)


def found(cast, assessment, code="recent_stroke", answer="met", evidence="TIA in January", now=NOW):
    return actions.record_finding(
        assessment=assessment, code=code, answer=answer, evidence=evidence, source="chart", by=cast.nora, now=now
    )


def judged(assessment, now=NOW):
    return queries.standing(Assessment.objects.get(pk=assessment.pk), now=now).judged


# ---------------------------------------------------------------- beginning


def test_start_moves_a_referred_course_to_intake(cast):
    assessment = started(cast)

    assert state_of(assessment) == "intake_in_progress"
    assert (assessment.rule_set, assessment.route, assessment.started_by) == (rules.RULE_SET_VERSION, "iv", cast.nora)


def test_start_twice_is_one_draft(cast):
    course = referred(cast)

    first = actions.start_assessment(course=course, by=cast.nora, now=NOW)
    second = actions.start_assessment(course=course, by=cast.paula, now=LATER)

    assert first.pk == second.pk
    assert Assessment.objects.count() == 1


def test_start_for_a_course_that_ended_is_refused(cast):
    course = referred(cast)
    course_actions.move(course=course, to="discontinued", by=cast.paula, now=NOW, reason="Moved away")

    with pytest.raises(actions.CourseEnded):
        actions.start_assessment(course=course, by=cast.nora, now=LATER)


def test_nothing_is_assumed_of_a_new_draft(cast):
    one = judged(started(cast))

    assert [row.condition.code for row in one.fine] == ["under_18"]
    assert len(one.unknown) == len(rules.CONTRAINDICATIONS) - 1


def test_age_under_18_is_a_hard_stop_by_itself(cast):
    one = judged(started(cast, birth_date=date(2008, 3, 11)))

    assert [row.condition.code for row in one.hard_stops] == ["under_18"]


# ---------------------------------------------------------------- findings


def test_finding_keeps_what_was_found_before(cast):
    assessment = started(cast)
    found(cast, assessment, answer="not_met", evidence="Asked on Mar 10")

    found(cast, assessment, answer="met", evidence="Letter: TIA in January", now=LATER)

    assert Finding.objects.filter(assessment=assessment, code="recent_stroke").count() == 2
    assert [row.finding.evidence for row in judged(assessment).to_decide] == ["Letter: TIA in January"]


def test_finding_sent_twice_is_one_row_and_no_change(cast):
    assessment = started(cast)
    first = found(cast, assessment)
    version = Assessment.objects.get().row_version

    second = found(cast, assessment, now=LATER)

    assert first.pk == second.pk
    assert Assessment.objects.get().row_version == version


def test_findings_are_taken_all_or_none(cast):
    assessment = started(cast)
    good = rules.NewFinding("not_met", "Asked on Mar 10", "patient")

    with pytest.raises(rules.EvidenceMissing):
        actions.record_findings(
            assessment=assessment,
            findings={"mania": good, "psychosis": rules.NewFinding("met", " ", "patient")},
            by=cast.nora,
            now=NOW,
        )

    assert Finding.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "answer", "evidence", "source", "refusal"),
    [
        ("no_such_condition", "met", "x", "chart", rules.UnknownContraindication),
        ("mania", "perhaps", "x", "chart", rules.AnswerNotKnown),
        ("mania", "met", "x", "computed", rules.AnswerNotKnown),
        ("mania", "met", "", "chart", rules.EvidenceMissing),
        ("mania", "not_met", "  ", "chart", rules.EvidenceMissing),
        ("under_18", "not_met", "x", "chart", rules.FindingComputed),
        ("under_18", "unknown", "", "chart", rules.FindingComputed),
        ("blood_pressure_180_110", "not_met", "120/80", "chart", rules.FindingComputed),
    ],
)
def test_finding_that_cannot_stand_is_refused(cast, code, answer, evidence, source, refusal):
    assessment = started(cast)

    with pytest.raises(refusal):
        actions.record_finding(
            assessment=assessment, code=code, answer=answer, evidence=evidence, source=source, by=cast.nora, now=NOW
        )

    assert Finding.objects.count() == 0


@pytest.mark.parametrize("code", ["mania", "blood_pressure_180_110"])
def test_unknown_can_be_said_without_evidence(cast, code):
    assessment = started(cast)

    assert found(cast, assessment, code=code, answer="unknown", evidence="").evidence == ""


def test_finding_on_a_draft_that_changed_is_refused_with_nothing_written(cast):
    assessment = started(cast)
    found(cast, assessment, code="mania")

    with pytest.raises(ChangedMeanwhile):
        actions.record_findings(
            assessment=assessment,
            findings={"mania": rules.NewFinding("not_met", "Asked on Mar 10", "patient")},
            by=cast.nils,
            now=LATER,
            seen_version=1,
        )

    assert Finding.objects.get().answer == "met"


# ---------------------------------------------------------------- blood pressure


@pytest.mark.parametrize(
    ("readings", "answers"),
    [
        ([("128", "78", 0)], ("not_met", "not_met", "not_met")),
        ([("164", "98", 0)], ("not_met", "unknown", "unknown")),
        ([("164", "98", 0), ("166", "102", 5)], ("not_met", "met", "met")),
        ([("164", "98", 0), ("166", "102", 4)], ("not_met", "unknown", "unknown")),
        ([("184", "98", 0), ("180", "96", 10)], ("met", "met", "met")),
        ([("150", "92", 0), ("138", "84", 6)], ("not_met", "not_met", "not_met")),
    ],
)
def test_pressure_answers_its_three_conditions(cast, readings, answers):
    assessment = started(cast)

    actions.record_resting_pressure(
        assessment=assessment,
        readings=[pressure(upper, lower, NOW - timedelta(minutes=30 - after)) for upper, lower, after in readings],
        by=cast.nora,
        now=NOW,
    )

    latest = dict(Finding.objects.filter(assessment=assessment).values_list("code", "answer"))
    assert tuple(latest[code] for code in rules.PRESSURE) == answers


def test_pressure_evidence_tells_numbers_and_local_time(cast):
    assessment = started(cast)

    actions.record_resting_pressure(
        assessment=assessment, readings=[pressure("128.5", "78", NOW)], by=cast.nora, now=NOW
    )

    finding = Finding.objects.filter(code="blood_pressure_180_110").get()
    assert (finding.evidence, finding.source) == ("128.5/78 on Mar 10, 2026, 10:42 am, at rest.", "computed")


@pytest.mark.parametrize(
    ("upper", "lower", "at"),
    [
        ("301", "80", NOW),
        ("128", "19", NOW),
        ("80", "80", NOW),
        ("NaN", "80", NOW),
        ("128", "80", NOW + timedelta(seconds=1)),
        ("128", "80", NOW - timedelta(days=31)),
    ],
)
def test_pressure_that_cannot_be_is_refused(cast, upper, lower, at):
    assessment = started(cast)

    with pytest.raises(actions.ReadingsImpossible):
        actions.record_resting_pressure(
            assessment=assessment, readings=[pressure(upper, lower, at)], by=cast.nora, now=NOW
        )

    assert Finding.objects.count() == 0


def test_pressure_without_a_reading_is_refused(cast):
    with pytest.raises(actions.ReadingsImpossible):
        actions.record_resting_pressure(assessment=started(cast), readings=[], by=cast.nora, now=NOW)


# ---------------------------------------------------------------- reasons and overrides


def test_reason_lets_a_condition_pass(cast):
    assessment = under_review(cast, met=["recent_stroke"])

    actions.give_reason(assessment=assessment, code="recent_stroke", reason=" Agreed ", by=cast.paula, now=LATER)

    assert judged(assessment).may_be_eligible
    assert Override.objects.get().reason == "Agreed"


def test_reason_given_before_the_finding_changed_no_longer_counts(cast):
    assessment = under_review(cast, met=["recent_stroke"])
    actions.give_reason(assessment=assessment, code="recent_stroke", reason="Agreed", by=cast.paula, now=LATER)

    found(cast, assessment, evidence="A second TIA last week", now=LATER + timedelta(minutes=1))

    assert not judged(assessment).may_be_eligible


@pytest.mark.parametrize(
    ("code", "who", "reason", "refusal"),
    [
        ("hypersensitivity", "paula", "Agreed", "NothingToDecide"),  # a hard stop
        ("mania", "paula", "Agreed", "NothingToDecide"),  # not met
        ("bipolar_disorder", "paula", "Agreed", "NothingToDecide"),  # for the prescriber, but not met
        ("no_such_condition", "paula", "Agreed", "NothingToDecide"),
        ("recent_stroke", "paula", "  ", "ReasonMissing"),
        ("recent_stroke", "nora", "Agreed", "MayNotOverride"),
    ],
)
def test_reason_that_decides_nothing_is_refused(cast, code, who, reason, refusal):
    assessment = under_review(cast, met=["recent_stroke", "hypersensitivity"])

    with pytest.raises(getattr(actions, refusal)):
        actions.give_reason(assessment=assessment, code=code, reason=reason, by=getattr(cast, who), now=LATER)

    assert Override.objects.count() == 0


def override(cast, assessment, *, by=None, password=PASSWORD, code="hypersensitivity", reason="Mild rash in 1999"):
    return actions.override_hard_stop(
        assessment=assessment, code=code, reason=reason, password=password, by=by or cast.dirk, now=LATER
    )


def test_director_lets_a_hard_stop_pass(cast):
    assessment = under_review(cast, met=["hypersensitivity"])

    given = override(cast, assessment)

    assert judged(assessment).may_be_eligible
    assert (given.is_hard_stop, given.given_by) == (True, cast.dirk)


def test_override_by_anybody_else_is_refused(cast):
    assessment = under_review(cast, met=["hypersensitivity"])

    with pytest.raises(actions.MayNotOverride):
        override(cast, assessment, by=cast.paula)


def test_override_with_a_wrong_password_is_refused(cast):
    assessment = under_review(cast, met=["hypersensitivity"])

    with pytest.raises(ProofRefused):
        override(cast, assessment, password="wrong")

    assert Override.objects.count() == 0


def test_override_of_what_is_no_hard_stop_is_refused(cast):
    assessment = under_review(cast, met=["recent_stroke"])

    with pytest.raises(actions.NothingToDecide, match="not a hard stop"):
        override(cast, assessment, code="recent_stroke")


def test_reason_sent_twice_is_one(cast):
    assessment = under_review(cast, met=["hypersensitivity", "recent_stroke"])

    for _ in range(2):
        override(cast, assessment)
        actions.give_reason(assessment=assessment, code="recent_stroke", reason="Agreed", by=cast.paula, now=LATER)

    assert Override.objects.count() == 2


def test_wrong_passwords_are_counted_although_nothing_is_signed(cast):
    assessment = under_review(cast, met=["hypersensitivity"])
    for _ in range(10):
        with pytest.raises(ProofRefused, match="not right"):
            override(cast, assessment, password="wrong")

    with pytest.raises(ProofRefused, match="Too many"):
        override(cast, assessment)


# ---------------------------------------------------------------- handing over


def test_ready_walks_the_course_to_review_step_by_step(cast):
    assessment = under_review(cast)

    moves = CourseTransition.objects.filter(course=assessment.course_id).order_by("moved_at", "id")
    assert [move.to_state for move in moves] == ["referred", "intake_in_progress", "intake_complete", "under_review"]


def test_ready_names_everything_that_is_missing(cast):
    course = referred(cast)
    assessment = actions.start_assessment(course=course, by=cast.nora, now=NOW)
    answered(cast, course, answers=POSITIVE)

    with pytest.raises(actions.NotReady) as refused:
        actions.ready_for_review(assessment=assessment, by=cast.nora, now=NOW)

    said = str(refused.value)
    assert "GAD-7" in said
    assert "PHQ-9" not in said
    assert f"{len(rules.CONTRAINDICATIONS) - 1} conditions are not asked yet" in said
    assert "suicide answer" in said
    assert state_of(assessment) == "intake_in_progress"


def test_ready_with_the_suicide_question_blank_is_refused(cast):
    course = referred(cast)
    answered(cast, course, answers=(1, 1, 1, 1, 1, 1, 1, 1, None))
    answered(cast, course, code="gad7", answers=GAD7_13)

    with pytest.raises(actions.NotReady, match="PHQ-9"):
        actions.ready_for_review(assessment=asked(cast, course), by=cast.nora, now=NOW)


def test_ready_with_everything_called_unknown_is_enough(cast):
    course = referred(cast)
    answered(cast, course)
    answered(cast, course, code="gad7", answers=GAD7_13)
    assessment = actions.start_assessment(course=course, by=cast.nora, now=NOW)
    unknown = rules.NewFinding("unknown", "", "patient")
    codes = [one.code for one in rules.CONTRAINDICATIONS if one.code != "under_18"]
    actions.record_findings(assessment=assessment, findings=dict.fromkeys(codes, unknown), by=cast.nora, now=NOW)

    course = actions.ready_for_review(assessment=assessment, by=cast.nora, now=NOW)

    assert course.state == "under_review"


def test_ready_twice_changes_nothing(cast):
    assessment = under_review(cast)

    course = actions.ready_for_review(assessment=assessment, by=cast.nora, now=LATER)

    assert course.state == "under_review"
    assert CourseTransition.objects.filter(course=course).count() == 4


def test_ready_after_the_risk_was_dealt_with(cast):
    course = referred(cast)
    answered(cast, course, answers=POSITIVE)
    answered(cast, course, code="gad7", answers=GAD7_13)
    assessment = asked(cast, course)
    worklist_actions.close_task(
        task=Task.objects.get(),
        note="Seen, safety plan",
        contact=worklist_actions.Contact("Maria", "Calls us if it gets worse.", NOW + timedelta(days=1)),
        by=cast.nora,
        now=NOW,
    )

    assert actions.ready_for_review(assessment=assessment, by=cast.nora, now=NOW).state == "under_review"


# ---------------------------------------------------------------- the next round


def test_more_information_carries_findings_and_reasons_over(cast):
    first = under_review(cast, met=["recent_stroke"])
    actions.give_reason(assessment=first, code="recent_stroke", reason="Agreed", by=cast.paula, now=NOW)
    found(cast, first, code="liver", answer="unknown", evidence="", now=LATER)
    decided(cast, first, decision="more_information", now=LATER)

    second = actions.start_assessment(course=first.course, by=cast.nora, now=LATER)

    one = queries.standing(second, now=LATER)
    assert second.supersedes == first
    assert [row.condition.code for row in one.judged.unknown] == ["liver"]
    assert [row.reason for row in one.judged.to_decide] == ["Agreed"]
    carried = one.findings["recent_stroke"][0]
    assert (carried.found_by, carried.found_at) == (cast.nora, NOW)


def test_what_holds_for_one_day_is_asked_again_on_the_next(cast):
    first = under_review(cast)
    decided(cast, first, decision="more_information", note="Bring the ECG", now=NOW)

    second = actions.start_assessment(course=first.course, by=cast.nora, now=TOMORROW)

    unknown = [row.condition.code for row in judged(second, TOMORROW).unknown]
    assert unknown == ["blood_pressure_180_110", "intoxicated_today"]


def test_renewal_starts_from_nothing(cast):
    first = under_review(cast)
    decided(cast, first)

    second = actions.start_assessment(course=first.course, by=cast.nora, now=TOMORROW)

    assert Finding.objects.filter(assessment=second).count() == 0
    assert state_of(second) == "eligible"


# ---------------------------------------------------------------- what is signed stays


def execute(statement, *, role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


@pytest.mark.parametrize("act", ["finding", "pressure", "reason", "override", "ready"])
def test_signed_assessment_takes_nothing_more(cast, act):
    assessment = under_review(cast, met=["recent_stroke", "hypersensitivity"])
    decided(cast, assessment, decision="declined", note="Not now; see a therapist")
    acts = {
        "finding": lambda: found(cast, assessment, evidence="New"),
        "pressure": lambda: actions.record_resting_pressure(
            assessment=assessment, readings=[pressure("120", "70", NOW)], by=cast.nora, now=NOW
        ),
        "reason": lambda: actions.give_reason(
            assessment=assessment, code="recent_stroke", reason="x", by=cast.paula, now=NOW
        ),
        "override": lambda: override(cast, assessment),
        "ready": lambda: actions.ready_for_review(assessment=assessment, by=cast.nora, now=NOW),
    }

    with pytest.raises(AlreadySigned):
        acts[act]()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_assessment SET decision_note = 'x'",
        "UPDATE patients_assessment SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM patients_assessment",
        "UPDATE patients_finding SET answer = 'not_met'",
        "DELETE FROM patients_finding",
        "UPDATE patients_override SET reason = 'x'",
        """INSERT INTO patients_finding (id, assessment_id, code, answer, evidence, source, found_at, found_by_id)
        SELECT gen_random_uuid(), assessment_id, code, 'not_met', 'x', source, found_at, found_by_id
        FROM patients_finding LIMIT 1""",
        """INSERT INTO patients_override (id, assessment_id, code, reason, is_hard_stop, given_at, given_by_id)
        SELECT gen_random_uuid(), assessment_id, code, 'x', true, found_at, found_by_id
        FROM patients_finding LIMIT 1""",
    ],
)
@pytest.mark.parametrize("role", ["stepwell_app", "stepwell_owner"])
def test_database_refuses_to_change_a_signed_assessment(cast, statement, role):
    assessment = under_review(cast, met=["recent_stroke"])
    actions.give_reason(assessment=assessment, code="recent_stroke", reason="Agreed", by=cast.paula, now=NOW)
    decided(cast, assessment)

    with pytest.raises(DatabaseError, match=r"never changed|belongs to a signed row|permission denied"):
        execute(statement, role=role)

    assert judged(assessment).may_be_eligible


def test_application_role_may_change_a_draft(cast):
    assessment = started(cast)

    execute("UPDATE patients_assessment SET row_version = 7", role="stepwell_app")

    assert Assessment.objects.get(pk=assessment.pk).row_version == 7
