"""How do templates draw the parts of the look: signs, sections, callouts, dates?

Small parts are functions, because a table draws hundreds of them; larger ones are templates in
templates/partials. A tag never reads the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.contrib.messages import constants as levels
from django.forms import BoundField
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.kit import addresses, written

register = template.Library()

SIGNS = frozenset({"done", "due", "late", "blocked", "open", "unknown", "skipped", "now"})
# A tone colours a row, badge or callout; the other signs are drawn without one.
TONES = frozenset({"done", "due", "late"})
NOON = 12


@register.simple_tag
def sign(kind: str, label: str = "", *, size: str = "", quiet: bool = False) -> SafeString:
    """One of the eight signs. Give `label` only where no word stands beside it."""
    if not label:
        return _silent_sign(kind, size, quiet=quiet)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="#s-{}"/></svg>',
        _sign_classes(kind, size, quiet=quiet),
        label,
        kind,
    )


@register.simple_tag
@lru_cache(maxsize=500)
def state(kind: str, text: str, *, quiet: bool = False) -> SafeString:
    """A sign with its word."""
    tone = f" is-{kind}" if kind in TONES and not quiet else ""
    return format_html('<span class="sw-state{}">{}{}</span>', tone, _silent_sign(kind), text)


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
def table(content: str, caption: str, *, kind: str = "") -> SafeString:
    """A table that scrolls by itself when it is wider than its column; its head and rows stand between the tags."""
    return _part("table", content=content, caption=caption, kind=kind)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """What may be wider than its column scrolls by itself, by keyboard too."""
    return _part("scroll", content=content, label=label)


@register.simple_block_tag
def dialog(content: str, anchor: str, title: str) -> SafeString:
    """A dialog for what cannot be undone. A button with data-dialog="<anchor>" opens it."""
    return _part("dialog", content=content, anchor=anchor, title=title)


@register.filter
def address(key: UUID, route: str) -> str:
    """The page of one row of a list: {{ visit.id|address:"sessions:visit" }}."""
    return addresses.address(route, key)


@register.filter
def day(value: dt.date | None) -> str:
    """As in Mar 10, 2026."""
    return written.day(local) if (local := _local(value)) else ""


@register.filter
def short_day(value: dt.date | None) -> str:
    """As in Mar 10."""
    return written.short_day(local) if (local := _local(value)) else ""


@register.filter
def weekday(value: dt.date | None) -> str:
    """As in Tue Mar 10."""
    return written.weekday(local) if (local := _local(value)) else ""


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """As in 10:42 am, in the zone that is active."""
    return "" if value is None else written.clock(_local(value))


@register.filter
def when(value: dt.datetime | None) -> str:
    """As in Mar 10, 2026, 10:42 am."""
    return written.when(_local(value)) if value else ""


@register.filter
def plain(value: Decimal | int | None) -> str:
    """A number without trailing zeros: 0.500 as 0.5."""
    return "" if value is None else written.number(value)


@register.filter
def sign_of_level(level: int) -> str:
    """The sign of a message's level."""
    if level >= levels.ERROR:
        return "late"
    return "due" if level >= levels.WARNING else "done"


@register.filter
def undo(tags: str) -> tuple[str, str]:
    """The address that takes a message's act back, and the version that the act made; see clinic.kit.web.done."""
    address, _, seen = tags.partition(" ")
    return address, seen


@register.filter
def sign_of_step(step_state: str) -> str:
    """The sign of a step's state on the rail."""
    return "now" if step_state == "current" else step_state


@register.filter
def anchor(field: BoundField) -> str:
    """The id of the first control of a field, for a link in the error summary."""
    return f"{field.auto_id}_0" if field.field.widget.use_fieldset else field.id_for_label


def _local(value: Any) -> Any:
    """A moment in the zone that is active; a day is the same everywhere. Staff screens, and so these, are English."""
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@cache
def _silent_sign(kind: str, size: str = "", *, quiet: bool = False) -> SafeString:
    classes = _sign_classes(kind, size, quiet=quiet)
    return format_html('<svg class="{}" aria-hidden="true"><use href="#s-{}"/></svg>', classes, kind)


def _sign_classes(kind: str, size: str, *, quiet: bool) -> str:
    return " ".join(filter(None, ("sw-sign", _known(kind), size, "quiet" if quiet else "")))


def _known(kind: str) -> str:
    if kind not in SIGNS:
        raise template.TemplateSyntaxError(f"There is no sign called {kind!r}.")
    return kind


def _part(name: str, **context: Any) -> SafeString:
    return _template(name).render(context)


@cache
def _template(name: str) -> Any:
    """Looked up once; a page of lists has a hundred parts."""
    return get_template(f"partials/{name}.html")
