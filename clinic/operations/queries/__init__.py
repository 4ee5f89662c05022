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

__all__ = [
    "Contents",
    "TableDigest",
    "archive",
    "contents",
    "migrations_are_applied",
    "now",
    "program_version",
    "seconds_apart",
    "server",
    "settings_findings",
    "shipped_migrations",
    "watched_folders_have_room",
    "weak_passwords",
]
