"""What is a page called, in words?"""

from typing import Final

SPOKEN: Final = {
    "clinic:home": "Today",
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
    "patients:detail": "A person’s page",
    "patients:search": "Search",
    "patients:register": "Register patient",
    "sessions:day": "Calendar",
    "sessions:visit": "A visit",
    "sessions:sheet": "Infusion sheet",
    "sessions:sheet-state": "Infusion sheet, kept up to date",
    "sessions:entries": "Infusion sheet, entries",
    "sessions:record": "Session record",
}


def page_name(route: str) -> str:
    """The name of a route in words: patients:plan-sign as Plan sign, clinic:home as Today."""
    if route in SPOKEN:
        return SPOKEN[route]
    return route.rpartition(":")[2].replace("-", " ").capitalize()
