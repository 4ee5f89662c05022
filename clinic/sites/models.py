"""Where does the clinic work? Its sites, each with its own time zone."""

from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import not_blank
from clinic.kit.keys import uuid7


class Site(models.Model):
    """One address of the clinic. Dates and times are shown in its zone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    phone = models.CharField(max_length=32, blank=True)
    crisis_line = models.CharField(max_length=120, default="Call or text 988")
    requires_second_factor = models.BooleanField(default=True)

    classification = Classified(operational="id name time_zone phone crisis_line requires_second_factor")

    class Meta:
        constraints = [not_blank("name", name="site_named")]

    def __str__(self) -> str:
        return self.name
