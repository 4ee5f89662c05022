"""Which characters can be text? Controls, overrides of direction, half characters and made-up ones cannot."""

import unicodedata
from typing import Final

# Joiners inside a word are part of Persian, Hindi and of some emoji; everything else invisible is refused.
JOINERS: Final = frozenset("\u200c\u200d")
NOT_TEXT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
FORMAT: Final = "Cf"
LINE_BREAKS: Final = frozenset("\n\t")


def has_odd_character(value: str, *, lines: bool = False) -> bool:
    """Say whether the text holds something that is not to be read; `lines` lets line breaks and tabs through."""
    for character in value:
        if lines and character in LINE_BREAKS:
            continue
        category = unicodedata.category(character)
        if category in NOT_TEXT or (category == FORMAT and character not in JOINERS):
            return True
    return False
