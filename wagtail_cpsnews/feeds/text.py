"""Small pieces of HTML in feeds, and the type of what writes XML."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

#: What writes XML: Django's ``SimplerXMLGenerator``, whose type wants attributes as objects though it takes dicts.
Handler = Any


def paragraphs(summary: str, updates: list[dict[str, Any]], archived: bool) -> SafeString:
    """Return what a feed reader shows of a story.

    What was corrected or added first, then what it is about.
    """
    lines: list[SafeString] = []
    if archived:
        notice = _("This story is kept for the record and may be out of date.")
        lines.append(format_html("<strong>{}</strong>: {}", _("Archived"), notice))
    for update in updates:
        date = update["date_display"]
        start = format_html("<strong>{}</strong>", update["label"])
        start = format_html("{}, {}", start, date) if date else start
        lines.append(format_html("{}: {}", start, update["text"]))
    if summary:
        lines.append(format_html("{}", summary))
    return format_html_join(mark_safe("\n"), "<p>{}</p>", ((line,) for line in lines))
