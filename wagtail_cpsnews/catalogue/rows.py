"""Rows: what an entry should say, built from a page and its facts.

Reads pages; writes nothing.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.encoding import iri_to_uri
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField
from wagtail.rich_text import RichText, expand_db_html

from ..characters import clean, clean_line
from ..images.renditions import rendition_facts
from ..registry import TAXONOMIES
from ..taxonomy.models import Term
from . import deferred
from .adapters import Adapter
from .facts import PublicFacts, as_aware, is_future
from .lookups import Reference
from .models import ROW_FORMAT, Entry
from .plain_text import html_to_text
from .references import Resolver, refs_in_text
from .richtext import safe_url
from .sites import root_of
from .stored_references import kept_stream, kept_text, plain
from .uses import TERM_BY_NAME, UNKNOWN_TERM, find_documents, find_uses, refs_of_uses

logger = logging.getLogger("wagtail_cpsnews")

#: The picture of a story in lists: 3 : 2, sharp on a card at twice its size.
IMAGE_FILTER = "fill-720x480"


@dataclass
class Row:
    """What an entry should say.

    Its columns, its terms as (taxonomy, key), and the objects that it depends on.
    """

    page_pk: int
    columns: dict[str, Any]
    terms: set[tuple[str, UUID]]
    uses: set[str]
    #: Texts of an adapter that name no term, as (taxonomy, text).
    unknown_terms: list[tuple[str, str]] = field(default_factory=list)
    #: Keys of images that it should show and that could not be made.
    failed_images: set[Any] = field(default_factory=set)


def build_row(
    page: Any, adapter: Adapter, reference: Reference, until: datetime.datetime | None = None
) -> Row | None:
    """Return the row of a public ``page``.

    ``None`` when its adapter says that it is no story.

    until: when the rules that show it have to be asked again.
    """
    # From the adapter on: it may well render the page's blocks itself.
    with deferred.collecting() as collector:
        facts = adapter.facts(page)
        if facts is None:
            return None
        language = (facts.language or page.locale.language_code).lower()
        reader = deferred.Reader(
            reference=reference,
            language=reference.match_language(language) or language,
            lang=language,
            sites=(),
        )
        with translation.override(language):  # blocks have words of their own, such as “Download”
            content = content_of(page, facts, reader.resolver, collector)
            listed = _with_placeholders(_list_facts(page, facts, reader.resolver), collector, only_own=True)
            facts = replace(
                facts, title=collector.without(facts.title), summary=collector.without(facts.summary)
            )
    return _row(page, adapter, facts, content, listed, reader, until)


def _with_placeholders(
    value: dict[str, Any], collector: deferred.Collector, *, only_own: bool = False
) -> dict[str, Any]:
    """Return plain data with its placeholders.

    only_own: those of other stories are left out.
    """
    made, found = collector.take_out(plain(value), [])
    found = [one for one in found if not only_own or deferred.is_own(one[2])]
    return {**made, deferred.PLACEHOLDERS: plain(found)} if found else dict(made)


def content_of(
    page: Any, facts: PublicFacts, resolver: Resolver, collector: deferred.Collector
) -> dict[str, Any]:
    """Return what only the story itself shows.

    With placeholders where it points to something.
    """
    notes = facts.notes_to_editors
    if isinstance(facts.body, StreamValue):
        body = kept_stream(facts.body, resolver)
        api, html = body.stream_block.get_api_representation(body), str(body.render_as_block())
    else:
        api, html = [], _text_html(page, facts.body, resolver)
        if html:
            value = _text_html(page, facts.body, resolver, as_html=False)
            api = [{"type": "text", "value": value, "id": None}]
    return _with_placeholders(
        {"body": api, "body_html": html, "notes_to_editors": _text_html(page, notes, resolver)}, collector
    )


def _text_html(page: Any, value: Any, resolver: Resolver, *, as_html: bool = True) -> str:
    """Return a rich text as it is stored.

    Other HTML that an adapter gives may come from a template of the host, and stays.
    """
    if isinstance(value, StreamValue):
        return str(kept_stream(value, resolver).render_as_block())
    if isinstance(value, RichText) or refs_in_text(value) or _is_stored(page, value):
        return kept_text(value, resolver, as_html=as_html)
    return render_html(value)


def _is_stored(page: Any, value: Any) -> bool:
    """Return whether a text is a rich text field of the page's, as it is stored."""
    if not value:
        return False
    fields = (field for field in page._meta.get_fields() if isinstance(field, RichTextField))
    return any(field.value_from_object(page) == value for field in fields)


def _list_facts(page: Any, facts: PublicFacts, resolver: Resolver) -> dict[str, Any]:
    """Return what lists show of a story besides its columns and terms."""
    archived = dict(facts.archived) if facts.archived else None
    if archived and archived.get("note"):
        archived["note"] = _text_html(page, archived["note"], resolver)
    return {
        "image": _image(facts) if facts.image is not None and resolver.shows(facts.image) else None,
        "speech": facts.speech,
        "letter": facts.letter,
        "updates": [_stored(update) for update in facts.updates if _has_come(update)],
        "archived": archived,
        "extra": facts.extra,
        **({"noindex": True} if facts.noindex else {}),
        **_contacts(facts),
    }


def _row(
    page: Any,
    adapter: Adapter,
    facts: PublicFacts,
    content: dict[str, Any],
    listed: dict[str, Any],
    reader: deferred.Reader,
    until: datetime.datetime | None,
) -> Row:
    reference = reader.reference
    terms, unknown, by_name = _terms(facts, reference)
    root = root_of(reference.roots, page.url_path)
    columns = {
        "page_type": page._meta.label,
        "site_id": root.site_id if root else None,
        "path": page.url_path,
        "path_hash": hash_path(page.url_path),
        "address": iri_to_uri(clean(safe_url(adapter.address(page)))),
        "language": reader.language,
        "translation_key": UUID(str(facts.translation_key or page.translation_key)),
        "published": as_aware(facts.published) or page.first_published_at or page.latest_revision_created_at,
        "updated": _past(facts.updated),
        "expires_at": page.expire_at,
        "title": clean_line(facts.title),
        "summary": clean_line(facts.summary),
        "facts": {
            **{name: list(keys) for name, keys in _keys_by_field(terms).items()},
            **listed,
            "format": ROW_FORMAT,
        },
        "content": content,
    }
    uses = find_uses(page, facts, adapter)
    columns["content"]["documents"] = find_documents(facts, uses)
    reader.resolver.want(refs_of_uses(uses))
    columns["text"] = text_of(columns["content"], reader)
    columns["changes_at"] = min(filter(None, (reader.resolver.expires_at, until)), default=None)
    if unknown:
        uses.add(UNKNOWN_TERM)
    if by_name:
        uses.add(TERM_BY_NAME)
    row = Row(page.pk, columns, terms, uses, unknown)
    columns["digest"] = digest_of(row, reader.resolver)
    return row


def text_of(content: dict[str, Any], reader: deferred.Reader) -> str:
    """Return a story as plain text: its own words, without lists and other stories."""
    filled = deferred.fill(content, reader, only_own=True)
    return html_to_text(f"{filled.get('body_html', '')} {filled.get('notes_to_editors', '')}")


def _past(value: Any) -> datetime.datetime | None:
    when = as_aware(value)
    return None if when is None or is_future(when) else when


def _has_come(update: Mapping[str, Any]) -> bool:
    """Return whether an update is not dated in the future.

    An adapter may give its date as text.
    """
    date = update.get("date")
    if isinstance(date, str):
        try:
            date = datetime.datetime.fromisoformat(date)
        except ValueError:
            return True  # a date for people to read
    when = as_aware(date)
    return when is None or not is_future(when)


def _stored(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update with the key of its outcome's label.

    The label is found by it when the update is read.
    """
    outcome = update.get("outcome")
    key = getattr(outcome, "translation_key", outcome)
    return {**update, "outcome": str(key)} if outcome else {**update}


def hash_path(path: str) -> str:
    """Return the SHA-256 of a page's ``url_path``."""
    return hashlib.sha256(path.encode()).hexdigest()


def _terms(
    facts: PublicFacts, reference: Reference
) -> tuple[set[tuple[str, UUID]], list[tuple[str, str]], bool]:
    """Return terms found, texts that name none, and whether any was given as text."""
    by_name = False
    found: set[tuple[str, UUID]] = set()
    unknown: list[tuple[str, str]] = []
    for taxonomy in TAXONOMIES:
        terms = reference.taxonomies[taxonomy]
        for value in facts.terms_of(taxonomy):
            if value == "":
                continue
            if isinstance(value, Term):
                term = terms.follow(str(value.translation_key))
            else:
                by_name = True
                term = terms.find(str(value))
            if term is None:
                unknown.append((taxonomy, str(value) or str(getattr(value, "translation_key", ""))))
            else:
                found.add((taxonomy, UUID(term.key)))
    return found, unknown, by_name


def have_same_terms(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether the facts of two rows name the same terms."""
    return all(old.get(taxonomy.field) == new.get(taxonomy.field) for taxonomy in TAXONOMIES.values())


def _keys_by_field(terms: set[tuple[str, UUID]]) -> dict[str, list[str]]:
    by_field: dict[str, list[str]] = {taxonomy.field: [] for taxonomy in TAXONOMIES.values()}
    for name, key in sorted(terms):
        by_field[TAXONOMIES[name].field].append(str(key))
    return by_field


def _image(facts: PublicFacts) -> dict[str, Any] | None:
    """Return the story's picture at card size, without its address.

    A file that is missing costs the picture only.
    """
    rendition = rendition_facts(facts.image, IMAGE_FILTER)
    if rendition is None:
        return None
    words = {"caption": facts.image_caption, "credit": facts.image_credit, "licence": facts.image_licence}
    return {
        **rendition,
        "alt": facts.image_alt or getattr(facts.image, "description", ""),
        **{name: text for name, text in words.items() if text},
    }


def _contacts(facts: PublicFacts) -> dict[str, list[str]]:
    """Return the keys of the contacts that a story names.

    The contacts themselves are read when the story is.
    """
    keys = sorted({str(contact.translation_key) for contact in facts.contacts})
    return {"contacts": keys} if keys else {}


def render_html(value: Any) -> str:
    """Return HTML, to be kept, of a stream or rich text value or database HTML."""
    if isinstance(value, StreamValue):
        return str(value.render_as_block())
    source = value.source if isinstance(value, RichText) else str(value or "")
    return str(expand_db_html(source))


#: What a digest is made of: columns that follow from where a page lies are not among it, since pages are moved by
#: thousands in one update; they are compared on their own.
DIGESTED = (
    *("page_type", "address", "language", "translation_key", "published", "updated", "expires_at"),
    *("title", "summary", "facts", "content", "text", "changes_at"),
)


def digest_of(row: Row, resolver: Resolver) -> str:
    """Return the digest of a row.

    It covers what the row says, and what the objects are that it points to.
    """
    values = {name: row.columns[name] for name in DIGESTED}
    pointed_to = [(ref, resolver.state(ref)) for ref in refs_of_uses(row.uses)]
    parts = [values, sorted(map(str, row.terms)), sorted(row.uses), pointed_to]
    text = json.dumps(parts, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return the facts of an entry without those that follow from other entries."""
    return {name: value for name, value in entry.facts.items() if name != "translations"}
