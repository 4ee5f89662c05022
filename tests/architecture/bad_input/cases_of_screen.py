"""The forms of the lock and of one's own account; neither says what is in a row of its own."""

from tests.architecture.bad_input.case import Case
from tests.scenarios.cast import PASSWORD

SCREEN = (
    Case(
        "clinic:unlock",
        "UnlockForm",
        "nora",
        lambda _: {},
        lambda _: {"pin": "", "password": PASSWORD},
        lambda _, __: {},
        frozenset({"pin", "password"}),
    ),
    Case(
        "clinic:pin",
        "PinForm",
        "nora",
        lambda _: {},
        lambda _: {"password": PASSWORD, "pin": "739518", "again": "739518"},
        lambda _, __: {},
        frozenset({"password", "pin", "again"}),
    ),
)
