from datetime import UTC, datetime

import pytest
from django.db import connection

from clinic.demo.actions import NotTheOwner, seed
from clinic.demo.actions.seed import Silence
from clinic.demo.queries import is_empty
from clinic.demo.rules.stories import ENDED
from tests.clinic.demo.content import catalogue, counts

NOW = datetime(2026, 3, 10, 16, 30, 20, tzinfo=UTC)


class Interrupted(Silence):
    def begin(self, what, _total):
        if what == "Checking and indexing":
            raise KeyboardInterrupt


@pytest.mark.django_db
def test_an_interrupted_run_leaves_an_empty_clinic_and_the_whole_schema():
    before, rows = catalogue(), counts()

    with pytest.raises(KeyboardInterrupt):
        seed(count=12, seed_number=1, now=NOW, told=[ENDED[12]], telling=Interrupted())

    assert is_empty()
    assert counts() == rows
    assert catalogue() == before


@pytest.mark.django_db
def test_only_the_owner_of_the_tables_writes_a_crowd():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE stepwell_app")

    with pytest.raises(NotTheOwner, match="DATABASE_OWNER_URL"):
        seed(count=2, seed_number=1, now=NOW, told=[ENDED[0]])

    assert is_empty()
