"""What an entry depends on: objects whose change may change it.

Pages, documents, images and others.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.blocks import StreamValue
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import COMMENTS_RELATION_NAME, ReferenceIndex
from wagtail.rich_text import RichText, extract_references_from_rich_text

from ..compat import get_page_model
from .adapters import Adapter, related_models
from .facts import PublicFacts
from .references import Ref, ref_of

#: An entry with this use waits for a term that does not exist yet.
UNKNOWN_TERM = "cpsnews.term:unknown"

#: An entry with this use has a term that its adapter gave as text: when names change, it may be another.
TERM_BY_NAME = "cpsnews.term:text"


def subject_of(instance: Any) -> str:
    """Return how a use of an object is written down: ``"wagtailimages.image:5"``."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def page_subject(pk: Any) -> str:
    """Return how a use of a page is written, whatever its type.

    Without ``pk``, what all of them begin with.
    """
    return f"{get_page_model()._meta.label_lower}:{pk}"


def of_file() -> Q:
    """Return the condition that a use is of a picture or a document."""
    image, document = (model._meta.label_lower for model in (get_image_model(), get_document_model()))
    return Q(subject__startswith=f"{image}:") | Q(subject__startswith=f"{document}:")


def refs_of_uses(uses: set[str]) -> list[Ref]:
    """Return the pages, documents and images that an entry depends on."""
    by_label = _kinds_by_label()
    found = (use.rpartition(":") for use in sorted(uses))
    return [(by_label[label], pk) for label, _colon, pk in found if label in by_label and pk.isdecimal()]


@functools.cache
def _kinds_by_label() -> dict[str, str]:
    kinds = {get_page_model(): "page", get_document_model(): "document", get_image_model(): "image"}
    return {model._meta.label_lower: kind for model, kind in kinds.items()}


def find_uses(page: Any, facts: PublicFacts, adapter: Adapter) -> set[str]:
    """Return what the page refers to, and what its adapter names.

    Images, documents and pages.
    """
    watched = {
        ContentType.objects.get_for_model(model).pk: model._meta.label_lower
        for model in (get_image_model(), get_document_model(), get_page_model(), *related_models())
    }
    # Comments are for editors alone; a relation that is set is not read.
    setattr(page, COMMENTS_RELATION_NAME, [])
    uses = {
        f"{watched[content_type_id]}:{object_id}"
        for content_type_id, object_id, *_path in ReferenceIndex._extract_references_from_object(page)
        if content_type_id in watched
    }
    uses.update(subject_of(instance) for instance in adapter.related(page))
    if facts.image is not None and facts.image.pk:
        uses.add(subject_of(facts.image))
    return uses


def find_documents(facts: PublicFacts, uses: set[str]) -> list[int]:
    """Return the keys of the documents that the facts name or that the text links to."""
    Document = get_document_model()
    pks = {int(document.pk) for document in facts.documents if document is not None}
    for value in (facts.body, facts.notes_to_editors):
        pks |= {
            int(pk) for model, pk in _references(value) if ref_of(model, pk) and issubclass(model, Document)
        }
    uses |= {f"{Document._meta.label_lower}:{pk}" for pk in pks}
    return sorted(pks)


def _references(value: Any) -> Iterable[tuple[type, Any]]:
    """Return (model, key) of every object that a stream value or HTML refers to."""
    if isinstance(value, StreamValue):
        references = value.stream_block.extract_references(value)
    else:
        source = value.source if isinstance(value, RichText) else str(value or "")
        references = extract_references_from_rich_text(source)
    return [(model, pk) for model, pk, *_path in references]
