"""What makes a deployment safe to start, and ready to serve? Judgements over plain facts.

The list follows what PostgreSQL promises only with these settings (its manual, “Reliability and the Write-Ahead Log”),
and what an attacker tries first: known secrets, known accounts, a database role that may do everything.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

KNOWN_SECRETS: Final = ("local-only-", "django-insecure-", "change-me", "changeme", "of-no-deployment-", "secret")
KNOWN_FIELD_KEYS: Final = ("bG9jYWwtb25seS", "b2Ytbm8tZGVwbG95bWVud")
SHORTEST_SECRET: Final = 50
LEAST_BITS_PER_CHARACTER: Final = 3
LONGEST_REPEAT: Final = 4
LEAST_NEW_PERCENT: Final = 80
OLDEST_SERVER: Final = 15
ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
THIS_MACHINE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
MOST_SECONDS_APART: Final = Decimal(60)
LEAST_FREE_PERCENT: Final = 10
MOST_SEGMENTS_BEHIND: Final = 1
MOST_MINUTES_BEHIND: Final = 5
# What PostgreSQL must be told so that “saved” means saved; the second group is advice.
HONEST: Final[Mapping[str, frozenset[str]]] = {
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
    "synchronous_commit": frozenset({"on", "remote_apply"}),
    "data_sync_retry": frozenset({"off"}),
}
ADVISED: Final[Mapping[str, frozenset[str]]] = {
    "data_checksums": frozenset({"on"}),
    "wal_level": frozenset({"replica", "logical"}),
    "archive_mode": frozenset({"on", "always"}),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `to_do` is empty when it is right; advice never keeps anything from starting."""

    code: str
    subject: str
    to_do: str = ""
    is_advice: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.to_do


@dataclass(frozen=True)
class Server:
    """What the database says of itself and of the role that asks."""

    version: int
    role: str
    powers: tuple[str, ...]
    owned: tuple[str, ...]
    member_of: tuple[str, ...]
    extra_rights: tuple[str, ...]
    missing_rights: tuple[str, ...]
    settings: Mapping[str, str]
    overrides: tuple[str, ...]
    is_embedded: bool
    unfinished_restore: bool
    seconds_apart: Decimal
    waiting_migrations: tuple[str, ...]
    demo_accounts: int
    cheap_passwords: int


def about_settings(
    *,
    secret: str,
    fallbacks: Iterable[str],
    field_keys: Iterable[str],
    debug: bool,
    hosts: Iterable[str],
    database_url: str,
) -> list[Finding]:
    """What can be told without asking the database."""
    wildcards = [host for host in hosts if "*" in host or host.startswith(".")]
    weak = next((problem for problem in map(weakness, (secret, *fallbacks)) if problem), "")
    return [
        Finding("E001", "Secret key", weak),
        Finding("E017", "Keys of sealed fields", _sample_key(field_keys)),
        Finding("E002", "Debugging", "DEBUG is on. Turn it off outside a developer's machine." if debug else ""),
        Finding(
            "E003",
            "Host names",
            f"ALLOWED_HOSTS allows {wildcards[0]!r}, which is more than one host. Name each of the clinic's own."
            if wildcards
            else "",
        ),
        Finding("E005", "Way to the database", open_wire(database_url)),
    ]


def weakness(secret: str) -> str:
    """What is wrong with a secret key; empty when nothing is."""
    advice = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
    if len(secret) < SHORTEST_SECRET:
        return f"SECRET_KEY is short: it needs at least {SHORTEST_SECRET} random characters. {advice}"
    if secret.lower().startswith(KNOWN_SECRETS):
        return f"SECRET_KEY is a sample that everybody can read. {advice}"
    if _bits_per_character(secret) < LEAST_BITS_PER_CHARACTER or _new_percent(secret) < LEAST_NEW_PERCENT:
        return f"SECRET_KEY can be guessed: it repeats itself. {advice}"
    return ""


def _sample_key(keys: Iterable[str]) -> str:
    if not any(key.startswith(KNOWN_FIELD_KEYS) for key in keys):
        return ""
    return (
        "FIELD_KEYS holds a sample that everybody can read. Make one with: "
        'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
    )


def _bits_per_character(text: str) -> Decimal:
    """Shannon's entropy of the characters."""
    shares = [Decimal(count) / len(text) for count in Counter(text).values()]
    return -sum((share * Decimal(math.log2(share)) for share in shares), Decimal(0))


def _new_percent(text: str) -> int:
    """How much of the text has not stood in it before, in pieces of four characters."""
    pieces = [text[start : start + LONGEST_REPEAT] for start in range(len(text) - LONGEST_REPEAT + 1)]
    return 100 * len(set(pieces)) // len(pieces)


def open_wire(database_url: str) -> str:
    """Refused: an address on another machine without TLS. A socket's folder stands where a host name would."""
    parts = urlsplit(database_url)
    asked = parse_qs(parts.query)
    host = unquote(asked.get("host", [parts.hostname or ""])[-1])
    if host in THIS_MACHINE or host.startswith("/") or asked.get("sslmode", [""])[-1] in ENCRYPTED:
        return ""
    return (
        f"DATABASE_URL reaches {host} over the network without TLS. Add ?sslmode=verify-full and let "
        "sslrootcert name its certificate, or use a socket of this machine."
    )


def about_server(server: Server) -> list[Finding]:
    """What the database tells, in the order in which a person would mend it."""
    return [
        Finding("E006", "Kind of database", _private(server)),
        Finding("E007", "Version of PostgreSQL", _old(server.version)),
        about_role(server),
        Finding("E008", "Rights of the application", _rights(server)),
        *_about_honesty(server),
        Finding("E012", "Migrations", _waiting(server.waiting_migrations)),
        Finding("E013", "Clock", apart(server.seconds_apart)),
        Finding("E014", "Demonstration accounts", _demo(server.demo_accounts)),
        Finding("E018", "Stored passwords", _cheap(server.cheap_passwords)),
        Finding("E015", "Restore", _unfinished() if server.unfinished_restore else ""),
        *_advice(server.settings),
    ]


def about_role(server: Server) -> Finding:
    """The application must connect as a role that can do nothing but what it was granted."""
    reasons = [*server.powers]
    if server.owned:
        reasons.append(f"owns {_some(server.owned)}")
    if server.member_of:
        reasons.append(f"acts for {_some(server.member_of)}")
    if not reasons:
        return Finding("E004", "Role of the application")
    return Finding(
        "E004",
        "Role of the application",
        f"DATABASE_URL connects as {server.role}, which {' and '.join(reasons)}. Use the plain application role; "
        "scripts/create_roles.sql makes it.",
    )


def no_answer(said: str) -> str:
    """For when the database cannot be asked at all."""
    return f"The database of DATABASE_URL does not answer as it should ({said}). Start it, or correct the address."


def _private(server: Server) -> str:
    if not server.is_embedded:
        return ""
    return "DATABASE_URL leads to the private PostgreSQL of one machine. Give the clinic a server of its own."


def _old(version: int) -> str:
    if version >= OLDEST_SERVER:
        return ""
    return f"The server is PostgreSQL {version}. Upgrade it to {OLDEST_SERVER} or newer."


def _rights(server: Server) -> str:
    if server.extra_rights:
        return (
            f"{server.role} may do more than the reviewed list says: {_some(server.extra_rights)}. "
            "Take that right back, or run: python manage.py migrate"
        )
    if server.missing_rights:
        return f"{server.role} lacks {_some(server.missing_rights)}. Hand out its rights with: python manage.py migrate"
    return ""


def _about_honesty(server: Server) -> list[Finding]:
    """Whether what is answered with “saved” survives a power cut."""
    lies = [
        f"{name} is {server.settings.get(name, 'unknown')}"
        for name, honest in HONEST.items()
        if server.settings.get(name) not in honest
    ]
    mend = "Set fsync, full_page_writes and synchronous_commit to on, and data_sync_retry to off"
    return [
        Finding(
            "E010",
            "Durability",
            f"PostgreSQL may lose what it has confirmed: {_some(lies)}. {mend}, in postgresql.conf." if lies else "",
        ),
        Finding(
            "E011",
            "Durability for single roles and databases",
            f"PostgreSQL may lose what it has confirmed: {_some(server.overrides)}. Remove it with "
            "ALTER ROLE or ALTER DATABASE … RESET."
            if server.overrides
            else "",
        ),
    ]


def _waiting(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    return f"The database is behind the program by {_some(names)}. Run as the owner: python manage.py migrate"


def apart(seconds: Decimal) -> str:
    """A minute is where times on a chart stop being true."""
    if abs(seconds) <= MOST_SECONDS_APART:
        return ""
    return (
        f"The clocks of this machine and of the database are {abs(seconds):.0f} seconds apart. "
        "Set both by a time server (chrony or systemd-timesyncd)."
    )


def _demo(accounts: int) -> str:
    if not accounts:
        return ""
    many = "1 account" if accounts == 1 else f"{accounts} accounts"
    return (
        f"There {'is' if accounts == 1 else 'are'} {many} of the demonstration, whose password everybody knows. "
        "Begin with an empty database."
    )


def _cheap(accounts: int) -> str:
    """The demonstration stores its known password at the least cost, whoever the account is said to belong to."""
    if not accounts:
        return ""
    return (
        f"{accounts} {'account stores its' if accounts == 1 else 'accounts store their'} password as the demonstration "
        "does, which is soon guessed. Give each a new one: python manage.py let_in E-MAIL"
    )


def known_passwords(addresses: Iterable[str]) -> str:
    """An account that everybody can open."""
    opened = list(addresses)
    if not opened:
        return ""
    return f"The password of the demonstration opens {_some(opened)}. Set another one, or close the account."


def _unfinished() -> str:
    return "A restore into this database has not ended. Empty the database and restore the backup again."


def _advice(settings: Mapping[str, str]) -> list[Finding]:
    better = {
        "data_checksums": "Make the cluster with --data-checksums, so that a bad disk is noticed.",
        "wal_level": "Set wal_level to replica, so that backups to the minute and replicas are possible.",
        "archive_mode": "Turn archiving on, so that a restore can reach the last minute and not the last backup only.",
    }
    return [
        Finding(f"W{number:03}", name, "" if settings.get(name) in right else better[name], is_advice=True)
        for number, (name, right) in enumerate(ADVISED.items(), start=1)
    ]


def _some(names: Iterable[str], most: int = 3) -> str:
    """The first few, and how many more."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def has_room(*, free: int, size: int, least_percent: int = LEAST_FREE_PERCENT) -> bool:
    """Whether more than the least share is free. A file system without a size has no limit."""
    return size == 0 or free * 100 > size * least_percent


@dataclass(frozen=True)
class Archive:
    """How far the archiver is behind the server that writes."""

    is_on: bool
    has_failed_since: bool
    segments_behind: int | None
    minutes_since: Decimal | None


def archive_keeps_up(archive: Archive) -> bool:
    """Red at the first failure that no success followed, and when it falls silent with work waiting."""
    if not archive.is_on:
        return True
    if archive.has_failed_since:
        return False
    if archive.segments_behind is None or archive.minutes_since is None:
        return True  # a server that has not filled its first segment
    return archive.segments_behind <= MOST_SEGMENTS_BEHIND or archive.minutes_since <= MOST_MINUTES_BEHIND
