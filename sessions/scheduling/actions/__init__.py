"""How is a visit booked, and how does it go through the day?"""

from sessions.scheduling.actions.booking import (
    BookingRefused,
    MustBeConfirmed,
    NurseFull,
    PatientTaken,
    RoomTaken,
    book,
    reference_of,
)
from sessions.scheduling.actions.moves import (
    MoveRefused,
    arrive,
    cancel,
    leave,
    miss,
    name_escort,
    take_back,
    to_room,
)

__all__ = [
    "BookingRefused",
    "MoveRefused",
    "MustBeConfirmed",
    "NurseFull",
    "PatientTaken",
    "RoomTaken",
    "arrive",
    "book",
    "cancel",
    "leave",
    "miss",
    "name_escort",
    "reference_of",
    "take_back",
    "to_room",
]
