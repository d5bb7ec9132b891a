"""From a page and its facts to the row that the catalogue keeps of it. Reads pages; writes nothing."""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.encoding import iri_to_uri
from wagtail.blocks import StreamValue
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex
from wagtail.rich_text import RichText, expand_db_html, extract_references_from_rich_text

from ..characters import clean, clean_line
from ..compat import get_page_model
from ..images.renditions import rendition_facts
from ..taxonomy.models import Term
from . import late
from .adapters import Adapter, related_models
from .dates import iso
from .facts import PublicFacts, as_moment, is_future
from .reference import Reference
from .sites import root_of

logger = logging.getLogger("wagtail_cpsnews")

#: The picture of a story in lists: 3 : 2, sharp on a card at twice its size.
IMAGE_FILTER = "fill-720x480"

#: Fact by taxonomy, in the plural that API and adapters use.
PLURALS = {"crime_type": "crime_types", "area": "areas", "topic": "topics"}


@dataclass
class Row:
    """What an entry should say: its columns, its terms as (taxonomy, key), and the objects it depends on."""

    page_pk: int
    columns: dict[str, Any]
    terms: set[tuple[str, UUID]]
    uses: set[str]
    #: Texts of an adapter that name no term, as (taxonomy, text).
    unknown_terms: list[tuple[str, str]] = field(default_factory=list)
    #: Keys of images that it should show and that could not be made.
    failed_images: set[Any] = field(default_factory=set)


#: An entry with this use waits for a term that does not exist yet.
UNKNOWN_TERM = "cpsnews.term:unknown"

#: An entry with this use has a term that its adapter gave as text: when names change, it may be another.
TERM_BY_NAME = "cpsnews.term:text"


def subject_of(instance: Any) -> str:
    """How a use of an object is written down: ``"wagtailimages.image:5"``."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def page_subject(pk: Any) -> str:
    """How a use of a page is written down, whatever its type; without ``pk``, what all of them begin with."""
    return f"{get_page_model()._meta.label_lower}:{pk}"


def build_row(page: Any, adapter: Adapter, reference: Reference) -> Row | None:
    """The row of a public ``page``; ``None`` when its adapter says that it is no story."""
    # From the adapter on: it may well render the page's blocks itself.
    with late.collecting() as collector:
        facts = adapter.facts(page)
        return None if facts is None else _row(page, adapter, facts, reference, collector)


def _row(
    page: Any, adapter: Adapter, facts: PublicFacts, reference: Reference, collector: late.Collector
) -> Row:
    terms, unknown, by_name = _terms(facts, reference)
    root = root_of(reference.roots, page.url_path)
    language = (facts.language or page.locale.language_code).lower()
    with translation.override(language):  # blocks have words of their own, such as “Download”
        content, gaps = collector.take_out(
            _plain(
                {
                    "body": _api_body(facts.body),
                    "body_html": render_html(facts.body),
                    "notes_to_editors": render_html(facts.notes_to_editors),
                }
            ),
            [],
        )
    if gaps:
        content["late"] = _plain(gaps)
    columns = {
        "page_type": page._meta.label,
        "site_id": root.site_id if root else None,
        "path": page.url_path,
        "path_hash": hash_path(page.url_path),
        "address": iri_to_uri(clean(adapter.address(page) or "")),
        "language": reference.match_language(language) or language,
        "translation_key": UUID(str(facts.translation_key or page.translation_key)),
        "published": as_moment(facts.published) or page.first_published_at or page.latest_revision_created_at,
        "updated": _past(facts.updated),
        "expires_at": page.expire_at,
        "title": collector.without(clean_line(facts.title)),
        "summary": collector.without(clean_line(facts.summary)),
        "facts": collector.without(
            _plain(
                {
                    **{name: list(keys) for name, keys in _keys_by_plural(terms).items()},
                    "image": _image(facts),
                    "speech": facts.speech,
                    "letter": facts.letter,
                    "updates": [update for update in facts.updates if _has_come(update)],
                    "archived": facts.archived,
                    "extra": facts.extra,
                    **_contacts(facts),
                }
            )
        ),
        "content": content,
        "text": _text(f"{content['body_html']} {content['notes_to_editors']}"),
    }
    uses = _uses(page, facts, adapter)
    if unknown:
        uses.add(UNKNOWN_TERM)
    if by_name:
        uses.add(TERM_BY_NAME)
    columns["content"]["documents"] = _documents(facts, uses)
    columns["digest"] = _digest(columns, terms, uses)
    return Row(page.pk, columns, terms, uses, unknown)


def _text(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _past(value: Any) -> datetime.datetime | None:
    moment = as_moment(value)
    return None if moment is None or is_future(moment) else moment


def _has_come(update: Mapping[str, Any]) -> bool:
    """Whether an update is not dated in the future. An adapter may give its date as text."""
    date = update.get("date")
    if isinstance(date, str):
        try:
            date = datetime.datetime.fromisoformat(date)
        except ValueError:
            return True  # a date for people to read
    moment = as_moment(date)
    return moment is None or not is_future(moment)


def hash_path(path: str) -> str:
    """SHA-256 of a page's ``url_path``."""
    return hashlib.sha256(path.encode()).hexdigest()


def _terms(
    facts: PublicFacts, reference: Reference
) -> tuple[set[tuple[str, UUID]], list[tuple[str, str]], bool]:
    """Terms found, texts that name none, and whether any was given as text."""
    by_name = False
    found: set[tuple[str, UUID]] = set()
    unknown: list[tuple[str, str]] = []
    given: dict[str, Iterable[Any]] = {
        "kind": () if facts.kind is None else (facts.kind,),
        "crime_type": facts.crime_types,
        "area": facts.areas,
        "topic": facts.topics,
    }
    for taxonomy, values in given.items():
        terms = reference.taxonomies[taxonomy]
        for value in values:
            if value == "":
                continue
            if isinstance(value, Term):
                term = terms.follow(str(value.translation_key))
            else:
                by_name = True
                term = terms.find(str(value))
            if term is None:
                unknown.append((taxonomy, str(value)))
            else:
                found.add((taxonomy, UUID(term.key)))
    return found, unknown, by_name


def _keys_by_plural(terms: set[tuple[str, UUID]]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {"kind": [], **{plural: [] for plural in PLURALS.values()}}
    for taxonomy, key in sorted(terms):
        by_name[PLURALS.get(taxonomy, taxonomy)].append(str(key))
    return by_name


def _image(facts: PublicFacts) -> dict[str, Any] | None:
    """Return the story's picture at card size, without its address; a file that is missing costs the picture only."""
    rendition = rendition_facts(facts.image, IMAGE_FILTER)
    if rendition is None:
        return None
    words = {"credit": facts.image_credit, "licence": facts.image_licence}
    return {
        **rendition,
        "alt": facts.image_alt or getattr(facts.image, "description", ""),
        **{name: text for name, text in words.items() if text},
    }


def _contacts(facts: PublicFacts) -> dict[str, list[str]]:
    """The keys of the contacts that a story names: what they are is read when the story is."""
    keys = sorted({str(contact.translation_key) for contact in facts.contacts})
    return {"contacts": keys} if keys else {}


def render_html(value: Any) -> str:
    """HTML, to be kept, of a StreamField value, a rich text value or database HTML."""
    if isinstance(value, StreamValue):
        return str(value.render_as_block())
    source = value.source if isinstance(value, RichText) else str(value or "")
    return str(expand_db_html(source))


def _api_body(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, StreamValue):
        return list(value.stream_block.get_api_representation(value))
    html = render_html(value)
    return [{"type": "text", "value": html, "id": None}] if html else []


def _uses(page: Any, facts: PublicFacts, adapter: Adapter) -> set[str]:
    """Images, documents and pages that the page refers to, and what its adapter names."""
    watched = {
        ContentType.objects.get_for_model(model).pk: model._meta.label_lower
        for model in (get_image_model(), get_document_model(), get_page_model(), *related_models())
    }
    uses = {
        f"{watched[content_type_id]}:{object_id}"
        for content_type_id, object_id, *_path in ReferenceIndex._extract_references_from_object(page)
        if content_type_id in watched
    }
    uses.update(subject_of(instance) for instance in adapter.related(page))
    if facts.image is not None and facts.image.pk:
        uses.add(subject_of(facts.image))
    return uses


def _documents(facts: PublicFacts, uses: set[str]) -> list[dict[str, Any]]:
    """The documents that the facts name or that the text links to, less those that not everybody may read."""
    Document = get_document_model()
    pks = {str(document.pk) for document in facts.documents if document is not None}
    for value in (facts.body, facts.notes_to_editors):
        pks |= {str(pk) for model, pk in _references(value) if issubclass(model, Document)}
    uses |= {f"{Document._meta.label_lower}:{pk}" for pk in pks}
    documents = Document._default_manager.filter(pk__in=pks).select_related("collection").order_by("pk")
    return [
        {"title": document.title, "url": document.url, "size": document.get_file_size()}
        for document in documents
        if not document.collection.get_view_restrictions().exists()
    ]


def _references(value: Any) -> Iterable[tuple[type, Any]]:
    """(model, key) of every object that a StreamField value or HTML refers to."""
    if isinstance(value, StreamValue):
        references = value.stream_block.extract_references(value)
    else:
        source = value.source if isinstance(value, RichText) else str(value or "")
        references = extract_references_from_rich_text(source)
    return [(model, pk) for model, pk, *_path in references]


def _plain(value: Any) -> Any:
    """Only what JSON has: dates become ISO text, lazy strings become text. Without characters that are not text."""
    text = json.dumps(value, cls=_Encoder, ensure_ascii=False, allow_nan=False)
    return clean(json.loads(text))


class _Encoder(DjangoJSONEncoder):
    """Django's, but for datetimes whose offset has seconds: London's before 1847."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime.datetime) and (offset := o.utcoffset()) and offset.seconds % 60:
            return iso(o)
        return super().default(o)


#: Columns that follow from where a page lies: moved by thousands in one update, and compared on their own.
PLACE = ("path", "path_hash", "site_id")


def _digest(columns: dict[str, Any], terms: set[tuple[str, UUID]], uses: set[str]) -> str:
    said = {name: value for name, value in columns.items() if name not in PLACE}
    text = json.dumps([said, sorted(map(str, terms)), sorted(uses)], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
