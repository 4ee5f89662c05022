import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.kit.markup import filled, joined


@pytest.mark.parametrize("value", ["<b>", "Tom & Ada", "O'Neill", 'a "word"', "{}", "{0}", "", 12, None])
def test_value_is_escaped_as_django_does(value: object) -> None:
    drawn = filled('<p class="{}">{}</p>', value, "x")

    assert isinstance(drawn, SafeString)
    assert drawn == format_html('<p class="{}">{}</p>', value, "x")


def test_markup_within_markup_stands_as_it_is() -> None:
    inner = filled("<b>{}</b>", "<i>")

    assert filled("<p>{}{}</p>", inner, "<i>") == "<p><b>&lt;i&gt;</b>&lt;i&gt;</p>"


def test_joined_pieces_are_markup() -> None:
    pieces = [filled("<li>{}</li>", one) for one in ("a", "<")]

    assert filled("<ul>{}</ul>", joined(pieces)) == "<ul><li>a</li><li>&lt;</li></ul>"
    assert joined([]) == ""
