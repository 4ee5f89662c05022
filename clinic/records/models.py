"""What does every signed clinical document have in common? A signature, a lock, and addenda after it."""

from django.conf import settings
from django.db import models

from clinic.kit.constraints import both_or_neither
from clinic.kit.keys import uuid7


class SignableRecord(models.Model):
    """A document that is a draft until it is signed; from then on the database refuses any change to it.

    `row_version` goes up with each change of the draft, so that a stale form is told what happened in between.
    """

    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        constraints = [both_or_neither("signed_at", "signed_by", name="%(class)s_signed_by_whom")]

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class Addendum(models.Model):
    """What is added to a signed document: dated, named, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.TextField(max_length=20_000)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
