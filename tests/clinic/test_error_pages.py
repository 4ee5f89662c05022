"""Do the error pages stand alone, in plain words and with a way on?"""

import pytest
from django.template.loader import render_to_string

PAGES = [
    "errors/400.html",
    "errors/403.html",
    "errors/404.html",
    "errors/500.html",
    "errors/503.html",
    "errors/csrf.html",
]


@pytest.mark.parametrize("page", [*PAGES, "429.html"])
def test_error_page_needs_no_request_and_offers_a_way_on(page):
    drawn = render_to_string(page)

    assert drawn.count("<h1>") == 1
    assert '<a class="btn btn-primary" href="/">' in drawn
    assert "{{" not in drawn


def test_error_page_shows_the_sentence_of_the_refusal_as_text():
    drawn = render_to_string("errors/403.html", {"sentence": "Only a prescriber signs a plan. <b>"})

    assert "Only a prescriber signs a plan. &lt;b&gt;" in drawn
    assert "Your role does not include this" not in drawn
