"""Who are the people of the demonstration clinic? Plainly made up, and yet names that somebody could have.

Telephone numbers end in 555-01xx and e-mail addresses in example.org, which belong to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

FEMALE: Final = (
    "Amina", "Beatriz", "Carmen", "Dalia", "Edith", "Farah", "Greta", "Hana", "Ingrid", "Josefa", "Keiko", "Linnea",
    "Marisol", "Naomi", "Odette", "Priya", "Quinn", "Renee", "Sadie", "Thuy", "Una", "Vera", "Wanda", "Ximena",
    "Yesenia", "Zora", "Aoife", "Bernice", "Chantal", "Delphine",
)  # fmt: skip
MALE: Final = (
    "Alonzo", "Boris", "Cedric", "Darnell", "Emeka", "Felix", "Gustavo", "Hollis", "Ivo", "Joel", "Kwame", "Leander",
    "Marcus", "Nikolai", "Oscar", "Peter", "Rashid", "Silas", "Tomás", "Ulrich", "Viktor", "Wendell", "Xavier",
    "Yusuf", "Zachary", "Anselm", "Barnaby", "Cormac", "Dao", "Elio",
)  # fmt: skip
FAMILY: Final = (
    "Abernathy", "Blackwood", "Calloway", "Diallo", "Echeverría", "Feldman", "Grant", "Huang", "Ibarra", "Jankowski",
    "Kowalczyk", "Larsen", "Moreau", "Nguyễn", "O’Connell", "Pham", "Quiñones", "Raman", "Steiner", "Tillery",
    "Underhill", "Vega", "Whitfield", "Xiong", "Yamada", "Zielinski", "Ordóñez", "Price", "Cordova", "Okafor",
    "Haddad", "Lindqvist", "Marchetti", "Novák", "Osei", "Petrov", "Rasmussen", "Sørensen", "Takahashi", "Villanueva",
    "Whitcomb", "Ashdown", "Bellweather", "Castellanos", "Dunmore", "Eastgate", "Fairweather", "Goldberg", "Hartwell",
    "Iyer", "Jimenez", "Kaplan", "Lovelace", "Mbeki", "Northcott", "Oyelaran", "Pemberton", "Rosenthal", "Saldívar",
    "Thornbury",
)  # fmt: skip
SHORT: Final = {
    "Beatriz": "Bea", "Josefa": "Josie", "Marisol": "Mari", "Bernice": "Bernie", "Alonzo": "Lon", "Gustavo": "Gus",
    "Leander": "Lee", "Nikolai": "Niko", "Zachary": "Zach", "Delphine": "Del", "Ximena": "Mena", "Barnaby": "Barney",
}  # fmt: skip
STREETS: Final = ("Alder Lane", "Birch Court", "Cedar Street", "Elm Street", "Juniper Road", "Maple Avenue", "Oak Row")
TOWNS: Final = (("Millbrook", "12500"), ("Harrow Falls", "12511"), ("Easton", "12522"), ("Cold Spring", "12533"))
TREES: Final = (
    "Acacia", "Alder", "Aspen", "Beech", "Birch", "Cedar", "Chestnut", "Cypress", "Elm", "Fir", "Hawthorn", "Hazel",
    "Holly", "Juniper", "Larch", "Laurel", "Linden", "Magnolia", "Maple", "Oak", "Olive", "Pine", "Poplar", "Rowan",
    "Spruce", "Sycamore", "Walnut", "Willow", "Yew",
)  # fmt: skip
KINDS: Final = ("Street", "Court", "Lane", "Road", "Avenue", "Hill", "Park", "Square", "Row", "Terrace")
PAYERS: Final = ("Self-pay", "Bluefield Health", "Evergreen Mutual", "Self-pay", "Northside PPO")
REFERRERS: Final = (
    "Dr. Hale, Elm Street Practice", "Dr. Ibsen, Harrow Falls Psychiatry", "Self-referred", "Dr. Quill, Millbrook",
    "Dr. Amsel, County Hospital", "N. Frost, LCSW",
)  # fmt: skip
RELATIONS: Final = ("Partner", "Sister", "Brother", "Friend", "Parent", "Neighbor")
AREAS: Final = ("202", "212", "305", "312", "415", "503", "512", "617", "702", "718")
AGES: Final = (22 * 365, 71 * 365)  # in days
VERSION_AND_VARIANT: Final = (0x7 << 76) | (0b10 << 62)


@dataclass(frozen=True)
class Person:
    """One made-up person, with everything the desk takes down."""

    details: dict[str, Any]
    weight_kg_tenths: int
    referrer: str
    escort: tuple[str, str]

    @property
    def initials(self) -> str:
        return f"{self.details['given_name'][0]}{self.details['family_name'][0]}"

    @property
    def legal_name(self) -> str:
        return f"{self.details['given_name']} {self.details['family_name']}"


def people(seed: int, count: int, today: date) -> list[Person]:
    """As many people as asked for, no two of the same name as long as the names last."""
    shuffled = Random(f"names {seed}")
    given = [(name, "female") for name in FEMALE] + [(name, "male") for name in MALE]
    shuffled.shuffle(given)
    family = list(FAMILY)
    shuffled.shuffle(family)
    made = []
    for place in range(count):
        # Shifted by one each time round, so that names pair anew.
        surname = family[(place + place // len(family)) % len(family)]
        rng = Random(f"person {seed} {place}")
        name, sex = given[place % len(given)]
        made.append(_person(rng, name, sex, surname, today - timedelta(days=rng.randrange(*AGES))))
    return made


def one_of_many(rng: Random, sex: str, birth_date: date) -> Person:
    """Somebody of a crowd: most have two given names or a double family name, so that few share a whole name."""
    given = rng.choice(FEMALE if sex == "female" else MALE)
    family = rng.choice(FAMILY)
    if rng.randrange(3):
        given = f"{given} {rng.choice(FEMALE if sex == 'female' else MALE)}"
    if rng.randrange(2):
        family = f"{family}-{rng.choice(FAMILY)}"
    return _person(rng, given, sex, family, birth_date)


def colleague(rng: Random) -> str:
    """The name of somebody who works in a further house."""
    return f"{rng.choice(FEMALE + MALE)} {rng.choice(FAMILY)}"


def house_name(number: int) -> str:
    """The name of a further house, from 1; no two are the same."""
    row, tree = divmod(number - 1, len(TREES))
    town, kind = divmod(row, len(KINDS))
    street = f"{TREES[tree]} {KINDS[kind]}"
    return f"{street}, {TOWNS[town - 1][0]}" if town else street


def phone(rng: Random) -> str:
    """A number that no telephone has."""
    return f"+1{rng.choice(AREAS)}55501{rng.randrange(100):02}"


def key(rng: Random, milliseconds: int) -> UUID:
    """The id a row would have had if it had been made at that moment: version 7, but the same for the same seed."""
    random_bits = rng.getrandbits(74)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | VERSION_AND_VARIANT
    return UUID(int=value | (random_bits >> 62) << 64 | (random_bits & (1 << 62) - 1))


def _person(rng: Random, given: str, sex: str, family: str, birth_date: date) -> Person:
    town, postal_code = rng.choice(TOWNS)
    relation = rng.choice(RELATIONS)
    shared = relation in {"Partner", "Sister", "Brother", "Parent"}
    helper = (f"{rng.choice(FEMALE + MALE)} {family if shared else rng.choice(FAMILY)}", phone(rng))
    driver = (f"{rng.choice(FEMALE + MALE)} {rng.choice(FAMILY)}", phone(rng))
    escort = rng.choice((helper, driver))
    referrer = rng.choice(REFERRERS)
    details = {
        "given_name": given,
        "family_name": family,
        "preferred_name": SHORT.get(given, ""),
        "birth_date": birth_date,
        "sex_at_birth": sex,
        "gender": rng.choice(("", "", "", "", "", "Nonbinary")),
        "pronouns": rng.choice(("", "she/her" if sex == "female" else "he/him")),
        "phone": phone(rng),
        "is_voicemail_safe": rng.randrange(3) > 0,
        "email": f"{_plain(given)}.{_plain(family)}@example.org",
        "address": f"{rng.randrange(1, 240)} {rng.choice(STREETS)}",
        "city": town,
        "state": "NY",
        "postal_code": postal_code,
        "language": "es" if family in {"Echeverría", "Ibarra", "Villanueva"} else "en",
        "needs_interpreter": family == "Echeverría",
        "emergency_name": helper[0],
        "emergency_relation": relation,
        "emergency_phone": helper[1],
        "escort_name": escort[0],
        "escort_phone": escort[1],
        "referrer": referrer,
        "payer": rng.choice(PAYERS),
    }
    weight = rng.randrange(520, 880) if sex == "female" else rng.randrange(640, 1080)
    return Person(details, weight, referrer, escort)


def _plain(name: str) -> str:
    """As a mail system would write it."""
    kept = name.lower().translate(str.maketrans("áéíóúñøễ", "aeiounoe"))
    return "".join(letter for letter in kept if letter in "abcdefghijklmnopqrstuvwxyz")


def choose(rng: Random, options: Sequence[Any], share_percent: int) -> Any | None:
    """One of the options in so many cases of a hundred, else nothing."""
    return rng.choice(options) if rng.randrange(100) < share_percent else None
