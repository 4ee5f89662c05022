"""Which logins stand, on which devices, and who has a PIN?"""

from typing import ClassVar

from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, both_or_neither, in_our_time
from clinic.kit.keys import uuid7
from clinic.lock.rules import PASSWORD_TRIES, PIN_TRIES
from clinic.staff.models import User


class KnownDevice(models.Model):
    """A browser on which somebody of the staff has signed in. It holds a word of which only the digest is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    known_since = models.DateTimeField()
    known_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    classification = Classified(operational="id token_digest known_since known_by revoked_at revoked_by")

    class Meta:
        constraints: ClassVar = [
            both_or_neither("revoked_at", "revoked_by", name="device_revoked_by_whom"),
            in_our_time("known_since", "revoked_at", name="device_in_our_time"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LoginSession(models.Model):
    """One signing-in of one person, until it ends. Its id stands in the browser's session and says nothing by itself.

    `active_at` moves at most once a minute. The failures are those since the last right answer, on this login only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(KnownDevice, null=True, on_delete=models.PROTECT, related_name="logins")
    signed_in_at = models.DateTimeField()
    active_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)
    password_failures = models.PositiveSmallIntegerField(default=0)
    password_failing_since = models.DateTimeField(null=True)

    classification = Classified(
        operational="id user device signed_in_at active_at locked_at ended_at"
        " pin_failures password_failures password_failing_since"
    )

    class Meta:
        constraints: ClassVar = [
            between("pin_failures", 0, PIN_TRIES, name="login_pin_failures"),
            between("password_failures", 0, PASSWORD_TRIES, name="login_password_failures"),
            in_our_time("signed_in_at", "active_at", "locked_at", "ended_at", name="login_in_our_time"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StaffPin(models.Model):
    """The PIN that opens a person's own locked screen. It never signs in and never signs a record."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT, related_name="pin")
    pin_hash = models.CharField(max_length=256)
    set_at = models.DateTimeField()

    classification = Classified(operational="user pin_hash set_at")

    class Meta:
        constraints: ClassVar = [in_our_time("set_at", name="pin_in_our_time")]

    def __str__(self) -> str:
        return str(self.pk)
