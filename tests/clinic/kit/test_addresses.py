from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from clinic.kit.addresses import address


def test_an_address_is_that_of_the_route():
    key = uuid4()

    assert address("sessions:visit", key) == reverse("sessions:visit", args=[key])
    assert address("patients:progress", key) == reverse("patients:progress", args=[key])


def test_a_route_nobody_knows_is_refused():
    with pytest.raises(NoReverseMatch):
        address("sessions:nowhere", uuid4())


def test_a_template_writes_the_address_of_a_row():
    key = uuid4()

    drawn = Template('{% load stepwell %}{{ key|address:"sessions:visit" }}').render(Context({"key": key}))

    assert drawn == f"/visits/{key}/"
