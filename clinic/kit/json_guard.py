"""How is JSON from outside read? One reader that refuses everything a later layer would choke on or misread."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final, NoReturn

from clinic.kit.refusals import Refusal

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 16
MAX_DIGITS: Final = 30

# A whole string (closed or not, so that scanning never goes back), a bracket, or a long run of a number.
_PIECE: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]|[-+.\deE]{2,}', re.DOTALL)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class JsonRefused(Refusal):
    """The text is not JSON that may come in."""


def read_json(raw: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> object:
    """Read JSON from bytes; numbers with a fraction or an exponent become Decimal.

    Refused with a sentence: too many bytes, bytes that are not UTF-8, nesting too deep, a key given twice, numbers
    that are not finite or too long, half characters (lone surrogates), NUL, and what is not JSON at all.
    """
    if len(raw) > max_bytes:
        raise JsonRefused(f"This is too large: at most {max_bytes} bytes. Send it in smaller parts.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise JsonRefused("This is not UTF-8 text. Send it as UTF-8.") from None
    _refuse_before_reading(text, max_depth)
    try:
        value: object = json.loads(
            text,
            parse_float=_decimal,
            parse_constant=_not_finite,
            object_pairs_hook=_object,
        )
    except ValueError:
        raise JsonRefused("This is not valid JSON. Check quotes, commas and brackets.") from None
    _refuse_bad_text(value)
    return value


def _refuse_before_reading(text: str, max_depth: int) -> None:
    """Depth and length of numbers are judged on the text: the parser itself could be made to fail on them."""
    depth = 0
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in "[{":
            depth += 1
            if depth > max_depth:
                raise JsonRefused(f"This is nested too deeply: at most {max_depth} levels. Flatten it.")
        elif piece in "]}":
            depth -= 1
        elif piece[0] != '"' and len(piece) > MAX_DIGITS:
            raise JsonRefused(f"A number is too long: at most {MAX_DIGITS} digits. Shorten it.")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # the exponent itself is beyond what Decimal can hold
        number = None
    if number is None or abs(number.adjusted()) > MAX_DIGITS:
        raise JsonRefused(f"A number is too large or too small: at most {MAX_DIGITS} digits. Check it.")
    return number


def _not_finite(text: str) -> NoReturn:
    raise JsonRefused(f"{text} is not a number. Leave the value out or send null.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("A name is given twice in one object. Give each name once.")
    return found


def _refuse_bad_text(value: object) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one or _LONE_SURROGATE.search(one):
                raise JsonRefused("A text holds a character that cannot be stored. Remove it and send again.")
        elif isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
