"""How is a telephone number read out? A list has dozens, so the usual ones are not parsed by the library."""

import re
from typing import Final

from phonenumber_field.phonenumber import PhoneNumber

OF_THIS_COUNTRY: Final = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


def national(number: str) -> str:
    """As dialled in this country, for a number as it is stored (+12025550100); nothing for none."""
    usual = OF_THIS_COUNTRY.fullmatch(number)
    if usual:
        return "({}) {}-{}".format(*usual.groups())
    return str(PhoneNumber.from_string(number).as_national) if number else ""
