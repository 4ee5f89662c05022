"""Which jobs are due, and does anybody do them?"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from clinic.operations import rules
from clinic.operations.models import Job
from clinic.operations.queries.health import now as machine_now
from clinic.operations.rules import JobCode, Rhythm


def due_jobs(rhythms: Mapping[JobCode, Rhythm], now: datetime) -> list[JobCode]:
    """Of those that are done here; whether one is still due is asked again by whoever holds its row."""
    rows = {row.code: row for row in Job.objects.filter(code__in=rhythms)}
    return [
        code
        for code, rhythm in rhythms.items()
        if code in rows and rules.is_due(rhythm, done_at=rows[code].done_at, failed_at=rows[code].failed_at, now=now)
    ]


def worker_is_alive() -> bool:
    """Where none is expected, nothing is missing."""
    if not settings.WORKER_EXPECTED:
        return True
    pulse = Job.objects.filter(code=JobCode.PULSE).first()
    return rules.is_alive(pulse.done_at if pulse else None, machine_now())


def backups_are_recent() -> bool:
    """The last one young enough, and the newest one whole when it was looked at."""
    if not (settings.WORKER_EXPECTED and settings.BACKUP_DIR):
        return True
    rows = {row.code: row for row in Job.objects.filter(code__in=(JobCode.BACKUP, JobCode.BACKUP_CHECK))}
    taken, checked = rows.get(JobCode.BACKUP), rows.get(JobCode.BACKUP_CHECK)
    if taken is None:
        return False
    is_recent = rules.is_recent(backed_up_at=taken.done_at, expected_since=taken.expected_since, now=machine_now())
    return is_recent and not (checked and checked.problem)
