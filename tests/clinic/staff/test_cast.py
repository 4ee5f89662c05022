from clinic.staff.permissions import Permission
from tests.scenarios.cast import PASSWORD, Cast


def test_cast_holds_the_roles_of_the_clinic(cast: Cast) -> None:
    may_sign = {user.full_name for user in cast.everybody if user.may(Permission.SIGN_SESSION)}

    assert may_sign == {"Nora Nolan", "Nils Nyberg", "Paula Petit"}
    assert cast.nora.check_password(PASSWORD)
    assert [room.label for room in cast.rooms] == ["1", "2", "3", "4"]
