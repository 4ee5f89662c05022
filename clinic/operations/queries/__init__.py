"""What does the deployment say of itself?"""

from clinic.operations.queries.health import (
    archive,
    migrations_are_applied,
    now,
    seconds_apart,
    shipped_migrations,
    watched_folders_have_room,
)
from clinic.operations.queries.server import program_version, server, settings_findings, weak_passwords
from clinic.operations.queries.tables import Contents, TableDigest, contents
from clinic.operations.queries.work import backups_are_recent, due_jobs, worker_is_alive

__all__ = [
    "Contents",
    "TableDigest",
    "archive",
    "backups_are_recent",
    "contents",
    "due_jobs",
    "migrations_are_applied",
    "now",
    "program_version",
    "seconds_apart",
    "server",
    "settings_findings",
    "shipped_migrations",
    "watched_folders_have_room",
    "weak_passwords",
    "worker_is_alive",
]
