"""What may become of a value on its way into a row? The documented changes, worked out here a second time."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
YES, NO = {"on", "true", "True", "1", "yes"}, {"off", "false", "False", "0", "no", ""}
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p")


class NotReadableError(AssertionError):
    """A value was taken in that no documented rule can read."""


def text(sent: str) -> str:
    """Composed, trimmed, with plain line ends: docs/adr/0014."""
    return unicodedata.normalize("NFC", sent).replace("\r\n", "\n").replace("\r", "\n").strip()


def password(sent: str) -> str:
    """Composed for comparison (NFKC), and nothing trimmed: SP 800-63B-4."""
    return unicodedata.normalize("NFKC", sent)


def day(sent: str) -> date | None:
    sent = sent.strip()
    if not sent:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", sent):
        return date(*map(int, sent.split("-")))
    if re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", sent):
        month, of_month, year = map(int, sent.split("/"))
        return date(year, month, of_month)
    raise NotReadableError(sent)


def clock(sent: str) -> time | None:
    if not sent.strip():
        return None
    for form in CLOCKS:
        if sent.isascii() and re.fullmatch(r"[0-9:]+( [AP]M)?", sent.strip()):
            try:
                return datetime.strptime(sent.strip(), form).time()  # noqa: DTZ007 - only its time is used
            except ValueError:
                continue
    raise NotReadableError(sent)


def number(sent: str) -> Decimal | None:
    if not sent.strip():
        return None
    if not NUMBER.fullmatch(sent.strip()):
        raise NotReadableError(sent)
    return Decimal(sent.strip())


def key(sent: str) -> UUID:
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sent.strip().lower()):
        raise NotReadableError(sent)
    return UUID(sent.strip())


def tick(sent: str) -> bool:
    if sent not in YES | NO:
        raise NotReadableError(sent)
    return sent in YES


def phone(sent: str) -> str:
    """Its digits with the country's; of the United States unless it begins with a plus."""
    digits = re.sub(r"[^0-9]", "", sent)
    return digits if not digits or sent.strip().startswith("+") or digits.startswith("1") else f"1{digits}"


READ = {
    "person_name": text,
    "words": text,
    "note": text,
    "email": text,
    "choice": str,
    "birth_date": day,
    "day": day,
    "clock": clock,
    "decimal": number,
    "integer": number,
    "id": key,
    "key": key,
    "boolean": tick,
    "phone": phone,
}


def differs(kind: str, sent: str, stored: Any) -> bool:
    """Whether what is in the row is not what was sent."""
    wanted = READ[kind](sent)
    if kind == "phone":
        return wanted != re.sub(r"[^0-9]", "", str(getattr(stored, "as_e164", stored)))
    if kind == "choice":
        return wanted != _as_sent(stored)
    if kind in {"decimal", "integer"}:
        return wanted != (None if stored is None else Decimal(stored))
    return bool(wanted != stored)


def _as_sent(stored: Any) -> str:
    if isinstance(stored, bool):
        return "yes" if stored else "no"
    return "" if stored is None else str(stored)
