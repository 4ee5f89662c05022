"""Which characters can be text? Controls, overrides of direction, half characters and made-up ones cannot."""

import unicodedata
from typing import Final

# Joiners inside a word are part of Persian, Hindi and of some emoji; everything else invisible is refused.
JOINERS: Final = frozenset("\u200c\u200d")
NOT_TEXT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
FORMAT: Final = "Cf"
LINE_ENDS: Final = frozenset({"Zl", "Zp"})
LINE_BREAKS: Final = frozenset("\n\t")
# What a decoder leaves where bytes were no text: the text is no longer what was sent.
LOST: Final = "\ufffd"
READABLE: Final = frozenset("LNPSM")
# Letters, marks and signs that leave no trace on a page: fillers, joiners, selectors of a variant, the empty pattern.
BLANKS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)


def as_kept(value: str) -> str:
    """The text as it is stored: composed (NFC), with plain line ends, trimmed. Nothing else is changed."""
    return unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()


def has_odd_character(value: str, *, lines: bool = False) -> bool:
    """Say whether the text holds something that is not to be read; `lines` lets line breaks and tabs through.

    A joiner joins two characters; at an end of the text it is invisible, and so it is odd there.
    """
    if value[:1] in JOINERS or value[-1:] in JOINERS:
        return True
    return any(_is_odd(character, lines=lines) for character in value)


def has_readable_character(value: str) -> bool:
    """Say whether anything of the text would be seen on a page."""
    return any(unicodedata.category(each)[0] in READABLE and each not in BLANKS for each in value)


def _is_odd(character: str, *, lines: bool) -> bool:
    if " " <= character <= "~":
        return False
    if lines and character in LINE_BREAKS:
        return False
    category = unicodedata.category(character)
    if category in LINE_ENDS:
        return not lines
    return category in NOT_TEXT or character == LOST or (category == FORMAT and character not in JOINERS)
