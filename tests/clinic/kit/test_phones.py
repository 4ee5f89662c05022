import pytest
from phonenumber_field.phonenumber import PhoneNumber

from clinic.kit.phones import national


@pytest.mark.parametrize(
    ("stored", "said"),
    [("+12025550100", "(202) 555-0100"), ("+442079460958", "020 7946 0958"), ("", "")],
)
def test_a_number_is_read_as_it_is_dialled(stored, said):
    assert national(stored) == said


@pytest.mark.parametrize("stored", ["+12025550100", "+18005550199", "+442079460958", "+50688881111"])
def test_every_number_reads_as_the_library_writes_it(stored):
    assert national(stored) == PhoneNumber.from_string(stored).as_national
