"""``PublicFacts``: what an adapter says about a story."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ..registry import BUILT_IN, OWN, TAXONOMIES, with_fields

#: What an adapter may give as a term: one of our terms, or text that names one (slug, name or alias).
TermLike = Any


@dataclass(frozen=True, kw_only=True)
class PublicFacts:
    """The public facts of one story. Only ``title`` and ``published`` are needed.

    title, summary: plain text.
    published, updated: a date or a datetime; a naive one is read in ``TIME_ZONE``. A date means midnight.
    kind: one term, or ``None``; crime_types, areas, topics and the field of each other built-in taxonomy: any
        number. A term is one of our rows or text that
        names one by slug, name or alias (``"Wiltshire"``). Text that names none is left out of the entry and
        reported by ``rebuild_catalogue`` and ``check_catalogue``.
    terms: the terms of the host's own taxonomies by their names: ``{"court": [page.court, "Leeds"]}``.
    language: such as ``"cy"``; the page's locale where it is not given.
    translation_key: what joins the language versions of a story; the page's own where it is not given.
    image: an image of the project's image model; image_alt: what it shows, image_credit: whose it is,
        image_licence: the licence that holds for it instead of the story's; image_caption: what readers see below it; all
        four plain text.
    body: HTML text, a rich text value or a StreamField value.
    notes_to_editors: HTML.
    documents: documents of the project's document model to download; those that body and notes link to come along.
    contacts: press contacts (rows of ``PressContact``) that the story names; without any, those whose scope matches are shown.
    updates: ``[{"date": …, "kind": "outcome"|"update"|"correction"|"clarification", "text": …}]``, newest first. One
        that is dated in the future is left out, and so is such an ``updated``. An outcome also has ``"outcome"``, one
        of our labels or words that readers see as they are, and may have ``"concerns"``: whom it is about.
    speech: ``{"speaker", "role", "event", "location", "delivered_on", …}``.
    letter: ``{"addressee", "publication", "in_reply_to", "in_reply_to_url", "signatory"}``, those that there are.
    archived: ``{"on": date or None, "note": HTML}`` for a story that is kept, readable, with a notice.
    noindex: whether search engines are asked not to list the story; it is in lists, the API and feeds as any other.
    extra: further public values by name, given in the API as they are (JSON values only).
    """

    title: str
    published: datetime.datetime | datetime.date | None
    summary: str = ""
    kind: TermLike | None = None
    crime_types: Iterable[TermLike] = ()
    areas: Iterable[TermLike] = ()
    topics: Iterable[TermLike] = ()
    terms: Mapping[str, Iterable[TermLike]] = field(default_factory=dict)
    updated: datetime.datetime | datetime.date | None = None
    language: str | None = None
    translation_key: Any = None
    image: Any = None
    image_alt: str = ""
    image_credit: str = ""
    image_licence: str = ""
    image_caption: str = ""
    body: Any = ""
    notes_to_editors: Any = ""
    documents: Iterable[Any] = ()
    contacts: Iterable[Any] = ()
    updates: Iterable[Mapping[str, Any]] = ()
    speech: Mapping[str, Any] | None = None
    letter: Mapping[str, Any] | None = None
    archived: Mapping[str, Any] | None = None
    noindex: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = [taxonomy.name for taxonomy in OWN]
        for name in self.terms:
            if name not in own:
                allowed = f"Declared are: {', '.join(own)}." if own else "None is declared."
                raise ValueError(f"terms: there is no taxonomy {name!r} of the host's own. {allowed}")
        for taxonomy in TAXONOMIES.values():
            value = self.terms_of(taxonomy.name)
            if isinstance(value, str):
                name = f"terms[{taxonomy.name!r}]" if taxonomy.is_own else taxonomy.field
                raise TypeError(f"{name} must be a list of terms, such as [{value!r}], not one text")

    def terms_of(self, name: str) -> Iterable[TermLike]:
        """Return the terms of a taxonomy."""
        taxonomy = TAXONOMIES[name]
        if taxonomy.is_own:
            return self.terms.get(name, ())
        value = getattr(self, taxonomy.field)
        if taxonomy.many:
            terms: Iterable[TermLike] = value
            return terms
        return () if value is None else (value,)


if not TYPE_CHECKING:
    PublicFacts = with_fields(PublicFacts, [one.field for one in BUILT_IN if one.many], ())


def as_aware(value: datetime.datetime | datetime.date | None) -> datetime.datetime | None:
    """Return a date or datetime as an aware datetime.

    Naive values and dates are read in ``TIME_ZONE``.
    """
    if value is None:
        return None
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time.min)
    if timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value


#: Slack for clocks that differ between the editor's computer and the server.
CLOCK_SLACK = datetime.timedelta(minutes=5)


def is_future(when: datetime.datetime) -> bool:
    """Return whether a date and time is in the future, by any clock."""
    return when > timezone.now() + CLOCK_SLACK
