"""Whose page is this form on? Django's `csrf_token`, which every form carries, and beside it for whom it was drawn.

A builtin of every template (clinic/settings.py), so that no form can forget it: a form that is sent after somebody
else signed in on the device is refused, and what was typed goes back to its author only (docs/adr/0018).
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> SafeString | str:
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":  # noqa: S105  # Django's word for a page without a request
        return ""
    hidden = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
    owner = (context.get("shell") or {}).get("page_of")
    return hidden + format_html('<input type="hidden" name="page_of" value="{}">', owner) if owner else hidden
