"""How does an answer to a contraindication enter the assessment? As a new row with its evidence; the latest counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.kit import written
from clinic.kit.refusals import Refusal
from clinic.policy.rules import DIASTOLIC_MMHG, SYSTOLIC_MMHG
from clinic.records import actions as record_actions
from clinic.staff.models import User
from patients.assessment import rules
from patients.assessment.models import Assessment, Finding, Source

OLDEST_READING: Final = timedelta(days=30)


class ReadingsImpossible(Refusal):
    """Readings that cannot be a blood pressure at rest of these days."""


def record_finding(
    *, assessment: Assessment, code: str, answer: str, evidence: str, source: str, by: User, now: datetime
) -> Finding:
    """Take down one answer. See `record_findings`."""
    new = rules.NewFinding(answer, evidence, source)
    return record_findings(assessment=assessment, findings={code: new}, by=by, now=now)[0]


@transaction.atomic
def record_findings(
    *,
    assessment: Assessment,
    findings: Mapping[str, rules.NewFinding],
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> list[Finding]:
    """Take down several answers at once, all or none. An answer that stands already, word for word, is kept as it is.

    Refused for a signed assessment, a condition that is not in the table or is computed, a claim without evidence, and
    when somebody else changed the draft after `seen_version`.
    """
    for code, new in findings.items():
        rules.refuse_unusable(code, new)
    draft = lock_draft(assessment)
    return _add(draft, findings, by, now, seen_version)


@transaction.atomic
def record_resting_pressure(
    *,
    assessment: Assessment,
    readings: Sequence[rules.RestingPressure],
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> list[Finding]:
    """Judge the three blood-pressure conditions from readings at rest.

    Refused without a reading, for a number that cannot be one, and for readings of the future or of long ago.
    """
    draft = lock_draft(assessment)
    _refuse_impossible(readings, now)
    zone = ZoneInfo(draft.course.site.time_zone)
    when = "; ".join(_in_words(each, zone) for each in sorted(readings, key=lambda each: each.measured_at))
    judged = rules.pressure_findings(readings)
    findings = {
        code: rules.NewFinding(found.answer, _evidence(found, when), Source.COMPUTED.value)
        for code, found in judged.items()
    }
    return _add(draft, findings, by, now, seen_version)


def lock_draft(assessment: Assessment) -> Assessment:
    """The assessment as it stands now, held until the end of the transaction. Refused when it is signed."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("course__site")
    draft = rows.get(pk=assessment.pk)
    record_actions.must_be_draft(draft)
    return draft


def count_change(draft: Assessment, seen_version: int | None) -> None:
    """Refuse a change by somebody who saw another state; tell whoever has this one open that it is no longer so."""
    if seen_version is not None:
        record_actions.must_be_current(draft, seen_version)
    draft.row_version += 1
    draft.save(update_fields=["row_version"])


def _add(
    draft: Assessment, findings: Mapping[str, rules.NewFinding], by: User, now: datetime, seen_version: int | None
) -> list[Finding]:
    rows = Finding.objects.filter(assessment=draft, code__in=list(findings)).order_by("code", "-found_at", "-id")
    standing = {row.code: row for row in rows.distinct("code")}
    kept, added = [], []
    for code, new in findings.items():
        row = standing.get(code)
        if row is not None and (row.answer, row.evidence, row.source) == (new.answer, new.evidence.strip(), new.source):
            kept.append(row)
            continue
        added.append(
            Finding(
                assessment=draft,
                code=code,
                answer=new.answer,
                evidence=new.evidence.strip(),
                source=new.source,
                found_at=now,
                found_by=by,
            )
        )
    if added:
        count_change(draft, seen_version)
        Finding.objects.bulk_create(added)
    return [*kept, *added]


def _refuse_impossible(readings: Sequence[rules.RestingPressure], now: datetime) -> None:
    if not readings:
        raise ReadingsImpossible("Enter at least one reading at rest.")
    for each in readings:
        if SYSTOLIC_MMHG.rejects(each.systolic_mmhg) or DIASTOLIC_MMHG.rejects(each.diastolic_mmhg):
            raise ReadingsImpossible("One of the numbers cannot be a blood pressure. Check it, then type it again.")
        if each.diastolic_mmhg >= each.systolic_mmhg:
            raise ReadingsImpossible("The lower number must be smaller than the upper one. Check both.")
        if not now - OLDEST_READING <= each.measured_at <= now:
            raise ReadingsImpossible("A reading must be of the last 30 days and not of the future. Check its time.")


def _in_words(reading: rules.RestingPressure, zone: ZoneInfo) -> str:
    at = reading.measured_at.astimezone(zone)
    return f"{reading.systolic_mmhg:f}/{reading.diastolic_mmhg:f} on {written.when(at)}"


def _evidence(found: rules.Finding, when: str) -> str:
    return f"{when}. Repeat after 5 minutes." if found.answer == rules.UNKNOWN else f"{when}, at rest."
