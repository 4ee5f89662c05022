"""What is done again and again? Each job may be broken off at any moment and done anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import readable_key
from clinic.operations import queries, rules
from clinic.operations.actions.backup import Progress, take_backup
from clinic.operations.actions.restore import read_backup
from clinic.operations.models import Job
from clinic.operations.rules import JobCode, Rhythm

AT_ONCE: Final = 5000  # rows; each statement ends long before its time limit
NAMED: Final = "stepwell-%Y-%m-%dT%H%M%SZ.backup"
EXPIRED_COUNTS: Final = """
    DELETE FROM clinic_cache WHERE cache_key IN (SELECT cache_key FROM clinic_cache WHERE expires < %s LIMIT %s)
"""


class BackupsGone(Refusal):
    """One was taken, and now there is none."""


@dataclass(frozen=True)
class Duty:
    """When, and what. `go_on` is asked again and again, and raises when the worker is told to stop."""

    rhythm: Rhythm
    work: Callable[[datetime, Callable[[], None]], None]


def duties() -> Mapping[JobCode, Duty]:
    """Those of this deployment: backups are taken where a folder for them is named."""
    hourly = Rhythm(timedelta(hours=1))
    found = {JobCode.LOGINS: Duty(hourly, clear_logins), JobCode.COUNTS: Duty(hourly, clear_counts)}
    if settings.BACKUP_DIR:
        nightly = Rhythm(timedelta(days=1), settings.BACKUP_AT)
        half_a_day_later = Rhythm(timedelta(days=1), settings.BACKUP_AT + timedelta(hours=12))
        found |= {
            JobCode.BACKUP: Duty(nightly, back_up),
            JobCode.BACKUP_CHECK: Duty(half_a_day_later, check_newest),
        }
    return found


def clear_logins(now: datetime, go_on: Callable[[], None]) -> None:
    """Browsers' sessions that let nobody in any more. Who signed in when is kept elsewhere, for ever."""
    expired = Session.objects.filter(expire_date__lt=now)
    while keys := list(expired.values_list("pk", flat=True)[:AT_ONCE]):
        go_on()
        expired.filter(pk__in=keys).delete()


def clear_counts(now: datetime, go_on: Callable[[], None]) -> None:
    """Counts of tries and other words of the cache whose time is over."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED_COUNTS, [now, AT_ONCE])
        while cursor.rowcount == AT_ONCE:
            go_on()
            cursor.execute(EXPIRED_COUNTS, [now, AT_ONCE])


def back_up(now: datetime, go_on: Callable[[], None]) -> None:
    """A new file, read back to its end; only then may older ones go."""
    folder = Path(settings.BACKUP_DIR)
    key = readable_key(settings.BACKUP_KEY)
    for half in folder.glob(".stepwell-*.half"):
        half.unlink()  # of a worker that died over it
    target = folder / now.astimezone(UTC).strftime(NAMED)
    take_backup(
        url=settings.BACKUP_DATABASE_URL,
        target=target,
        key=key,
        program_version=queries.program_version(),
        now=now,
        progress=Progress(on_table=lambda _name: go_on(), on_bytes=lambda _count: go_on()),
    )
    read_backup(target, key=key, on_bytes=lambda _count: go_on())
    there = taken_backups(folder)
    for taken_at in rules.to_drop(there, daily=settings.BACKUPS_DAILY, weekly=settings.BACKUPS_WEEKLY):
        there[taken_at].unlink()


def check_newest(_now: datetime, go_on: Callable[[], None]) -> None:
    """Hours after it was written, from the disk and no more from memory: is the newest backup whole?"""
    there = taken_backups(Path(settings.BACKUP_DIR))
    if not there and not Job.objects.filter(code=JobCode.BACKUP, done_at=None).exists():
        raise BackupsGone("A backup was taken, but BACKUP_DIR holds none. Is it the same folder or volume as before?")
    if there:
        read_backup(there[max(there)], key=readable_key(settings.BACKUP_KEY), on_bytes=lambda _count: go_on())


def taken_backups(folder: Path) -> dict[datetime, Path]:
    """The worker's own, by their names; a file with any other name is nobody's business here."""
    found = {}
    for path in folder.glob("stepwell-*.backup"):
        try:
            found[datetime.strptime(path.name, NAMED).replace(tzinfo=UTC)] = path
        except ValueError:
            continue
    return found
