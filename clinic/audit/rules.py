"""Which requests only read, what is a page called, and what came of asking for it, in words?"""

from typing import Final

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})  # of HTTP's methods those that change nothing
SPOKEN: Final = {
    "clinic:home": "Today",
    "clinic:today-now": "Today, kept up to date",
    "clinic:wall": "Wall",
    "clinic:wall-now": "Wall, kept up to date",
    "clinic:trail": "Trail",
    "clinic:trail-changes": "Trail of changes",
    "clinic:trail-row": "One change",
    "clinic:account": "My account",
    "clinic:device-forget": "Forgetting a device",
    "clinic:kept": "What was typed before a login ended",
    "clinic:lock": "Locking the screen",
    "clinic:pin": "Setting a PIN",
    "clinic:screen": "Lock of the screen",
    "clinic:stay": "Staying unlocked",
    "clinic:switch": "Handing the screen over",
    "clinic:unlock": "Unlocking the screen",
    "account_login": "Sign in",
    "account_logout": "Sign out",
    "mfa_authenticate": "Second step of signing in",
    "mfa_passkey": "Second step of signing in, by passkey",
    "clinic:task": "A task",
    "clinic:task-close": "Closing a task",
    "clinic:task-take": "Taking a task over",
    "clinic:trail-find": "Trail of one person",
    "patients:allergies-none": "No allergies, asked",
    "patients:allergy-retract": "Retracting an allergy",
    "patients:assessment-finding": "Assessment, one answer",
    "patients:assessment-findings": "Assessment, all answers",
    "patients:assessment-override": "Assessment, overriding a hard stop",
    "patients:assessment-pressure": "Assessment, blood pressure",
    "patients:assessment-ready": "Assessment, handed to the prescriber",
    "patients:assessment-reason": "Assessment, reason of the prescriber",
    "patients:assessment-record": "An earlier assessment",
    "patients:assessment-sign": "Assessment, signing the decision",
    "patients:assessment-start": "Assessment, starting one",
    "patients:consent-new": "Recording a consent",
    "patients:course-open": "Opening a course",
    "patients:edit": "Editing a person’s details",
    "patients:plan": "A plan",
    "patients:plan-edit": "Changing a draft plan",
    "patients:plan-new": "Drafting a plan",
    "patients:plan-reckon": "Drafting a plan, arithmetic",
    "patients:plan-sign": "Signing a plan",
    "patients:questionnaire": "A questionnaire",
    "patients:questionnaire-correct": "Correcting a questionnaire",
    "patients:questionnaire-new": "Filling in a questionnaire",
    "patients:register-look": "Registering a person, who looks alike",
    "patients:detail": "A person’s page",
    "patients:search": "Search",
    "patients:register": "Registering a person",
    "sessions:addendum": "Adding to a session record",
    "sessions:book": "Booking a visit",
    "sessions:check-in": "A check-in",
    "sessions:check-in-attempt": "A check-in, attempt noted",
    "sessions:check-in-cancel": "Cancelling a check-in",
    "sessions:checklist": "Checks before the start",
    "sessions:confirm": "Confirming an entry",
    "sessions:cosign": "Co-signing a session",
    "sessions:discharge": "Discharge",
    "sessions:drug": "Drug of a session",
    "sessions:drug-draw": "Drawing drug",
    "sessions:drug-move": "Wasting or returning drug",
    "sessions:follow-up": "Follow-up list",
    "sessions:override": "Overriding a check before the start",
    "sessions:retract": "Retracting an entry",
    "sessions:session-open": "Opening an infusion sheet",
    "sessions:sign": "Signing a session",
    "sessions:visit-arrived": "A visit, arrived",
    "sessions:visit-cancel": "Cancelling a visit",
    "sessions:visit-escort": "A visit, ride home",
    "sessions:visit-left": "A visit, gone",
    "sessions:visit-no-show": "A visit, did not come",
    "sessions:visit-take-back": "A visit, move taken back",
    "sessions:visit-to-room": "A visit, to its room",
    "sessions:waiting": "Who waits for a slot",
    "sessions:day": "Calendar",
    "sessions:visit": "A visit",
    "sessions:sheet": "Infusion sheet",
    "sessions:sheet-state": "Infusion sheet, kept up to date",
    "sessions:entries": "Infusion sheet, entries",
    "sessions:record": "Session record",
}


def page_name(route: str) -> str:
    """The name of a route in words: clinic:home as Today; patients:some-page as Some page while nobody named it."""
    if route in SPOKEN:
        return SPOKEN[route]
    return route.rpartition(":")[2].replace("-", " ").capitalize()


# What an answer means, by its number; every other one by its hundred.
OUTCOMES: Final = {403: "Refused", 404: "Not there", 422: "To put right", 429: "Told to wait"}
SIGNS: Final = {403: "blocked", 404: "unknown", 422: "open", 429: "due"}
GONE_ON, NOT_UNDERSTOOD, FAILED = 300, 400, 500


def outcome(method: str, status: int) -> str:
    """What came of a request: a page was shown, something sent was done, refused, or to be put right."""
    if status in OUTCOMES:
        return OUTCOMES[status]
    if status >= FAILED:
        return f"Failed ({status})"
    if status >= NOT_UNDERSTOOD:
        return f"Not understood ({status})"
    if method in READING:
        return "Sent on to another page" if status >= GONE_ON else "Shown"
    return "Done" if status >= GONE_ON else "Answered"


def sign_of(status: int) -> str:
    """The sign beside it; none while all is well."""
    return SIGNS.get(status, "late" if status >= FAILED else "due" if status >= NOT_UNDERSTOOD else "")
