"""What happened to whose second factor? A trail that is only added to; the secrets themselves are allauth's, sealed."""

import pghistory
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.sites.models import Site
from clinic.staff.models import User


class Happening(models.TextChoices):
    APP_SET_UP = "app_set_up", "Authenticator app set up"
    APP_REMOVED = "app_removed", "Authenticator app removed"
    PASSKEY_ADDED = "passkey_added", "Passkey added"
    PASSKEY_REMOVED = "passkey_removed", "Passkey removed"
    CODES_MADE = "codes_made", "Recovery codes made"
    CODE_USED = "code_used", "Signed in with a recovery code"
    STEP_FAILED = "step_failed", "Second step failed"
    RESET = "reset", "Second factor reset"
    SIGNED_OUT = "signed_out", "Signed out everywhere"
    REQUIRED = "required", "Second factor required from now on"
    NOT_REQUIRED = "not_required", "Second factor no longer required"


# Done to others: not without saying why.
WITH_REASON = (Happening.RESET, Happening.SIGNED_OUT, Happening.REQUIRED, Happening.NOT_REQUIRED)


@tracked(pghistory.InsertEvent())
class SecondFactorNote(models.Model):
    """One thing that happened to a person's second factor, or to the rule of a site. `by` is empty for the server."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Happening.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=160, blank=True)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    classification = Classified(identifying="person", operational="id occurred_at kind user site by reason")

    class Meta:
        constraints = [
            one_of("kind", [kind.value for kind in Happening], name="factor_note_known_kind"),
            in_our_time("occurred_at", name="factor_note_in_our_time"),
            models.CheckConstraint(
                condition=Q(user=None, site__isnull=False) | Q(user__isnull=False, site=None),
                name="factor_note_of_person_or_site",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in WITH_REASON]) | ~Q(reason=""),
                name="factor_note_says_why",
            ),
        ]
        indexes = [
            # how many wrong codes somebody typed in the last minutes
            models.Index(fields=["user", "kind", "-occurred_at"], name="factor_note_by_user"),
        ]

    def __str__(self) -> str:
        return self.kind
