"""How do templates draw the parts of the look: signs, sections, callouts, dates?

Small parts are functions, because a table draws hundreds of them; larger ones are templates in
templates/partials. A tag never reads the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages import constants as levels
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SIGNS = frozenset({"done", "due", "late", "blocked", "open", "unknown", "skipped", "now"})
# A tone colours a row, badge or callout; the other signs are drawn without one.
TONES = frozenset({"done", "due", "late"})


@register.simple_tag
def sign(kind: str, label: str = "", *, size: str = "", quiet: bool = False) -> SafeString:
    """One of the eight signs. Give `label` only where no word stands beside it."""
    _known(kind)
    classes = " ".join(filter(None, ("sw-sign", kind, size, "quiet" if quiet else "")))
    if not label:
        return format_html('<svg class="{}" aria-hidden="true"><use href="#s-{}"/></svg>', classes, kind)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="#s-{}"/></svg>',
        classes,
        label,
        kind,
    )


@register.simple_tag
def state(kind: str, text: str, *, quiet: bool = False) -> SafeString:
    """A sign with its word."""
    tone = f" is-{kind}" if kind in TONES and not quiet else ""
    return format_html('<span class="sw-state{}">{}{}</span>', tone, sign(kind), text)


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A short word in a frame. Tones: solid, done, due, late or none."""
    return format_html('<span class="badge sw-badge{}">{}</span>', f" is-{tone}" if tone else "", text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; it never carries meaning alone."""
    url = static("clinic/vendor/bootstrap-icons/icons.svg")
    return format_html('<svg class="sw-icon" aria-hidden="true"><use href="{}#{}"/></svg>', url, name)


@register.simple_block_tag
def pagehead(content: str, title: str, *, sub: str = "", level: int = 1) -> SafeString:
    """The head of a page with its acts between the tags; level 2 where the patient banner holds the h1."""
    return _part("page_header", content=content, title=title, sub=sub, level=level)


@register.simple_block_tag
def section(content: str, title: str, *, note: str = "", anchor: str = "", level: int = 2) -> SafeString:
    """A heavy rule, a heading, and rows beneath."""
    return _part("section", content=content, title=title, note=note, anchor=anchor, level=level)


@register.simple_block_tag
def callout(content: str, tone: str = "open", *, alert: bool = False) -> SafeString:
    """A paragraph, then at most one act."""
    return _part("callout", content=content, tone=_known(tone), alert=alert)


@register.simple_block_tag
def readiness(content: str, items: Sequence[Any], *, go: bool = False, label: str = "Ready to start") -> SafeString:
    """What must be so before the act between the tags works."""
    return _part("readiness", content=content, items=items, go=go, label=label)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """What may be wider than its column scrolls by itself, by keyboard too."""
    return _part("scroll", content=content, label=label)


@register.simple_block_tag
def dialog(content: str, anchor: str, title: str) -> SafeString:
    """A dialog for what cannot be undone. A button with data-dialog="<anchor>" opens it."""
    return _part("dialog", content=content, anchor=anchor, title=title)


@register.filter
def day(value: dt.date | None) -> str:
    """As in Mar 10, 2026."""
    return _formatted(value, "M j, Y")


@register.filter
def short_day(value: dt.date | None) -> str:
    """As in Mar 10."""
    return _formatted(value, "M j")


@register.filter
def weekday(value: dt.date | None) -> str:
    """As in Tue Mar 10."""
    return _formatted(value, "D M j")


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """As in 10:42 am, in the zone that is active."""
    return _formatted(value, "g:i A").lower()


@register.filter
def when(value: dt.datetime | None) -> str:
    """As in Mar 10, 2026, 10:42 am."""
    return f"{day(value)}, {clock(value)}" if value else ""


@register.filter
def plain(value: Decimal | int | None) -> str:
    """A number without trailing zeros: 0.500 as 0.5."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def sign_of_level(level: int) -> str:
    """The sign of a message's level."""
    if level >= levels.ERROR:
        return "late"
    return "due" if level >= levels.WARNING else "done"


@register.filter
def sign_of_step(step_state: str) -> str:
    """The sign of a step's state on the rail."""
    return "now" if step_state == "current" else step_state


@register.filter
def anchor(field: BoundField) -> str:
    """The id of the first control of a field, for a link in the error summary."""
    return f"{field.auto_id}_0" if field.field.widget.use_fieldset else field.id_for_label


def _formatted(value: dt.date | dt.time | None, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return dateformat.format(value, form) if isinstance(value, dt.date) else dateformat.time_format(value, form)


def _known(kind: str) -> str:
    if kind not in SIGNS:
        raise template.TemplateSyntaxError(f"There is no sign called {kind!r}.")
    return kind


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"partials/{name}.html", context)
