"""Does a test that commits leave the database to the others as a migration made it?"""

import pytest
from django.core.management import call_command

from clinic.policy.models import Limit


@pytest.mark.django_db(transaction=True)
def test_limits_that_a_migration_ships_outlive_a_flush() -> None:
    shipped = list(Limit.objects.order_by("field", "tier").values_list("field", "tier", "low", "high"))

    call_command("flush", interactive=False, verbosity=0)

    assert len(shipped) > 10
    assert list(Limit.objects.order_by("field", "tier").values_list("field", "tier", "low", "high")) == shipped
