"""What must a person have been told before treatment, and how long does their consent last?

The elements are this project's own words after docs/clinical/consent.md; a clinic may add to them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

CONSENT_TEXT_VERSION: Final = "iv-ketamine-us-1"
CONSENT_VALID_MONTHS: Final = 12


@dataclass(frozen=True)
class ConsentElement:
    """One thing to explain and to have initialled."""

    code: str
    title: str
    text: str


CONSENT_ELEMENTS: Final = (
    ConsentElement(
        "off_label",
        "Not an approved use",
        "Ketamine is approved as an anesthetic. Giving it for a mental-health condition or for pain is the "
        "prescriber's decision and is not approved by the FDA.",
    ),
    ConsentElement(
        "alternatives",
        "Other treatments",
        "There are other ways to treat my condition, such as other medicines, psychotherapy, magnetic stimulation and "
        "electroconvulsive therapy. We have talked about them.",
    ),
    ConsentElement(
        "benefit_uncertain",
        "The benefit is uncertain",
        "It may help, help for days or weeks only, or not help at all. Nobody can promise which.",
    ),
    ConsentElement(
        "common_effects",
        "Common effects",
        "During the session I may feel detached from myself or my surroundings, dizzy, sick, sleepy or anxious, see or "
        "hear things differently, and my blood pressure may rise for a while.",
    ),
    ConsentElement(
        "serious_effects",
        "Rare, serious effects",
        "Rarely people lose consciousness, breathe too little, have a dangerous rise in blood pressure, a spasm of the "
        "throat, psychosis or mania, or become suicidal.",
    ),
    ConsentElement(
        "dependence",
        "Dependence",
        "Ketamine can be misused and people can come to depend on it. I will say so if I use it elsewhere or crave it.",
    ),
    ConsentElement(
        "bladder_liver_memory",
        "Bladder, liver and memory",
        "Repeated use can harm the bladder and the liver and may affect memory and thinking. I will report pain, blood "
        "or urgency when passing urine.",
    ),
    ConsentElement(
        "pregnancy",
        "Pregnancy and breast-feeding",
        "It should not be used in pregnancy or while breast-feeding. I will say if I may be pregnant.",
    ),
    ConsentElement(
        "no_driving",
        "No driving until the next day",
        "I will not drive, cycle, use machines, sign legal papers, drink alcohol or care for children alone until the "
        "day after, when I have slept well.",
    ),
    ConsentElement(
        "escort", "Someone takes me home", "An adult I name takes me home after each session. Without one I wait."
    ),
    ConsentElement(
        "fasting", "Food and drink", "I will follow the instructions on when to stop eating and drinking beforehand."
    ),
    ConsentElement("costs", "Costs", "I know what I will pay and that insurance may not cover it."),
    ConsentElement(
        "right_to_stop", "I may stop at any time", "I can stop a session or the whole treatment whenever I want to."
    ),
    ConsentElement(
        "emergency_contact",
        "Whom to call",
        "I know whom to call after hours, and that 988 and 911 are there in a crisis.",
    ),
    ConsentElement(
        "data_sharing",
        "Who sees my record",
        "The clinic checks and reports to the state prescription-monitoring program, and shares my record as the law "
        "allows or requires.",
    ),
    ConsentElement(
        "recording",
        "No recording",
        "Nobody records picture or sound of a session unless everyone in the room has agreed in writing.",
    ),
)


def consent_expires_on(given_on: date) -> date:
    """Return the first day on which the consent no longer holds: twelve months on, Feb 29 becoming Mar 1."""
    year, month = given_on.year + CONSENT_VALID_MONTHS // 12, given_on.month
    if (given_on.month, given_on.day) == (2, 29):
        return date(year, 3, 1)
    return date(year, month, given_on.day)


def consent_is_current(expires_on: date, today: date) -> bool:
    """Say whether a consent still holds today. A change of drug or route needs a new one, whatever the date."""
    return today < expires_on


def consent_missing(initialled: frozenset[str]) -> tuple[str, ...]:
    """List the titles of the elements that have not been initialled yet."""
    return tuple(element.title for element in CONSENT_ELEMENTS if element.code not in initialled)
