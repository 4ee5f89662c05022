"""Which jobs are done again and again, and when was each done last?"""

from typing import ClassVar

from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, one_of
from clinic.kit.keys import uuid7
from clinic.operations.rules import JobCode


class Job(models.Model):
    """One kind of job. Whoever holds the lock of its row is doing it; a worker that dies lets go of it.

    `done_at` is when it last began and then succeeded; `failed_at` and `problem` are of a failure since.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    expected_since = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    classification = Classified(operational="id code expected_since done_at failed_at problem")

    class Meta:
        constraints: ClassVar = [
            one_of("code", [code.value for code in JobCode], name="job_known_code"),
            in_our_time("expected_since", "done_at", "failed_at", name="job_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.code
