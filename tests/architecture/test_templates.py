import pytest
from django.template import Context, Template

from clinic.sites.models import Site
from tests.template_guard import TemplateReadsTheDatabaseError


@pytest.mark.django_db
def test_a_template_that_reads_the_database_is_named():
    lazily = Site.objects.all()

    with pytest.raises(TemplateReadsTheDatabaseError, match="clinic_site"):
        Template("{% for site in sites %}{{ site }}{% endfor %}").render(Context({"sites": lazily}))


@pytest.mark.django_db
def test_a_template_of_evaluated_rows_is_let_be():
    rows = list(Site.objects.all())

    assert Template("{{ sites|length }}").render(Context({"sites": rows})) == "0"
