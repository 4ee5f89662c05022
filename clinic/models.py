"""Table of contents for Django. Import a model from its slice, never from here."""

from clinic.audit.models import AccessEvent
from clinic.lock.models import KnownDevice, LoginSession, StaffPin
from clinic.operations.models import Job
from clinic.policy.models import Limit
from clinic.rooms.models import Hold, Room, SiteDay
from clinic.second_factor.models import SecondFactorNote
from clinic.sites.models import Site
from clinic.staff.models import RoleGrant, User
from clinic.worklist.models import Task

__all__ = [
    "AccessEvent",
    "Hold",
    "Job",
    "KnownDevice",
    "Limit",
    "LoginSession",
    "RoleGrant",
    "Room",
    "SecondFactorNote",
    "Site",
    "SiteDay",
    "StaffPin",
    "Task",
    "User",
]
