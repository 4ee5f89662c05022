"""How does the running deployment fare? Each question is small enough to be asked every few seconds."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from clinic.operations import rules

# Two names of log files can be compared by their numbers; a standby has none of its own.
ARCHIVER: Final = """
    SELECT last_failed_time IS NOT NULL AND last_failed_time >= coalesce(last_archived_time, '-infinity'),
        last_archived_wal,
        extract(epoch FROM clock_timestamp() - last_archived_time) / 60,
        CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END,
        (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')
    FROM pg_stat_archiver
"""
LOG_FILE_BYTES: Final = 2**32


def seconds_apart(cursor: Any, *, clock: Callable[[], datetime]) -> Decimal:
    """How far the database's clock is from ours, the time of asking taken out."""
    before = clock()
    cursor.execute("SELECT clock_timestamp()")
    there = cursor.fetchone()[0]
    after = clock()
    if there < before:
        return Decimal(str((there - before).total_seconds()))
    return Decimal(str(max((there - after).total_seconds(), 0)))


def waiting_migrations(cursor: Any) -> tuple[str, ...]:
    """What the program brings and the database has not seen."""
    cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return tuple(sorted(shipped_migrations()))
    cursor.execute("SELECT app || '.' || name FROM django_migrations")
    return tuple(sorted(shipped_migrations() - {row[0] for row in cursor.fetchall()}))


@cache
def shipped_migrations() -> frozenset[str]:
    """Read from disk once: a running program does not change."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def migrations_are_applied() -> bool:
    with connection.cursor() as cursor:
        return not waiting_migrations(cursor)


def archive() -> rules.Archive:
    """How far the archiver is behind; where archiving is off, only that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode') <> 'off'")
        if not cursor.fetchone()[0]:
            return rules.Archive(is_on=False, has_failed_since=False, segments_behind=None, minutes_since=None)
        cursor.execute(ARCHIVER)
        has_failed, archived, minutes, current, segment_bytes = cursor.fetchone()
    behind = None
    if archived and current and len(archived) == len(current):
        behind = _segment(current, segment_bytes) - _segment(archived, segment_bytes)
    return rules.Archive(is_on=True, has_failed_since=has_failed, segments_behind=behind, minutes_since=minutes)


def _segment(log_file: str, segment_bytes: int) -> int:
    """The number of a log file, from its name: time line, log, segment, eight hexadecimal digits each."""
    return int(log_file[8:16], 16) * (LOG_FILE_BYTES // segment_bytes) + int(log_file[16:24], 16)


def watched_folders_have_room() -> bool:
    """Room for bytes and for files, in each folder that the deployment names; a folder that is gone has none."""
    for folder in settings.WATCHED_FOLDERS:
        try:
            found = os.statvfs(folder)
        except OSError:
            return False
        least = settings.LEAST_FREE_PERCENT
        usable = found.f_blocks - found.f_bfree + found.f_bavail
        has_bytes = rules.has_room(free=found.f_bavail, size=usable, least_percent=least)
        if not has_bytes or not rules.has_room(free=found.f_favail, size=found.f_files, least_percent=least):
            return False
    return True


def now() -> datetime:
    """The clock of this machine, which is compared with the database's."""
    return datetime.now(UTC)
