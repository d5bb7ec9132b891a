"""What a hold or a withdrawal takes away with a story, and what stays.

Shown to staff before the act.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Q
from django.db.models.functions import Cast
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from ..catalogue.db import using
from ..catalogue.models import Entry, EntryUse
from ..catalogue.public_files import decide_file
from ..catalogue.routing import reading_from
from ..catalogue.stops import key_of, pages_of
from ..catalogue.uses import page_subject, refs_of_uses
from ..compat import get_page_model
from ..usage.models import EmbedUse
from ..usage.recording import story_key

#: Pages that link to the story, and pages that a file stays for: more are counted.
MOST_LINKS = 50


@dataclass(frozen=True)
class AffectedFile:
    """A picture or a document of the story.

    stays: whether it is served on, because something else that is public uses it.
    used_by: public pages that it stays for, some of them; empty where a snippet or a setting uses it.
    """

    kind: str
    file: Any
    stays: bool
    used_by: tuple[Any, ...] = ()

    @property
    def is_document(self) -> bool:
        """Whether it is a document, not a picture."""
        return self.kind == "document"


@dataclass(frozen=True)
class EmbeddingSite:
    """A site that was served the story.

    host: empty where browsers did not name it. last_seen: aware.
    """

    host: str
    last_seen: datetime.datetime


@dataclass(frozen=True)
class Affected:
    """What goes with a story.

    versions: the story's pages, itself among them, one a language. aliases: pages that repeat one of these.
    files: pictures and documents of all versions. linking: live pages that link to it or mention it, not more than
    ``MOST_LINKS``; ``linking_count`` says how many there are.
    sites: those that were served the story itself, the last seen first. Lists may have shown it elsewhere.
    """

    versions: tuple[Any, ...]
    aliases: tuple[Any, ...]
    files: tuple[AffectedFile, ...]
    linking: tuple[Any, ...]
    linking_count: int
    sites: tuple[EmbeddingSite, ...]

    @property
    def going(self) -> list[AffectedFile]:
        """Files that are not served any more."""
        return [file for file in self.files if not file.stays]

    @property
    def staying(self) -> list[AffectedFile]:
        """Files that are served on."""
        return [file for file in self.files if file.stays]


def affected_by(page: Any) -> Affected:
    """Return what a hold or withdrawal of a story takes away."""
    with reading_from(using()):
        pages = list(pages_of(key_of(page)).select_related("locale").order_by("pk"))
        pks = [one.pk for one in pages]
        linking = _linking(pks)
        return Affected(
            versions=tuple(one for one in pages if one.alias_of_id is None),
            aliases=tuple(one for one in pages if one.alias_of_id is not None),
            files=tuple(_files(pks)),
            linking=tuple(linking[:MOST_LINKS]),
            linking_count=linking.count(),
            sites=tuple(_sites(pks)),
        )


def _named_by(pks: list[int]) -> Any:
    page_type = ReferenceIndex._get_base_content_type(get_page_model())
    return ReferenceIndex.objects.filter(base_content_type=page_type, object_id__in=list(map(str, pks)))


def _files(pks: list[int]) -> list[AffectedFile]:
    uses = EntryUse.objects.using(using()).filter(entry__page_pk__in=pks)
    refs = {ref for ref in refs_of_uses(set(uses.values_list("subject", flat=True))) if ref[0] != "page"}
    models: dict[str, Any] = {"image": get_image_model(), "document": get_document_model()}
    kinds = {ReferenceIndex._get_base_content_type(model).pk: kind for kind, model in models.items()}
    named = _named_by(pks).filter(to_content_type__in=kinds)
    refs |= {(kinds[type_pk], pk) for type_pk, pk in named.values_list("to_content_type", "to_object_id")}
    found = []
    for kind, model in models.items():
        its = [pk for other, pk in refs if other == kind]
        for instance in model._default_manager.filter(pk__in=its).order_by("title", "pk"):
            decision = decide_file(instance, without=pks)
            used_by = get_page_model()._default_manager.filter(pk__in=decision.pages).order_by("title")
            found.append(
                AffectedFile(kind, instance, decision.public, tuple(used_by) if decision.pages else ())
            )
    return found


def _linking(pks: list[int]) -> Any:
    """Return the live pages that point to one of these."""
    uses = EntryUse.objects.using(using()).filter(subject__in=[page_subject(pk) for pk in pks])
    page_type = ReferenceIndex._get_base_content_type(get_page_model())
    named = ReferenceIndex.objects.filter(
        base_content_type=page_type, to_content_type=page_type, to_object_id__in=list(map(str, pks))
    )
    # Wagtail's own columns of a page name others too: what it is an alias of, for example.
    named = named.exclude(model_path__in=("alias_of", "parent", "page_ptr"))
    named = named.annotate(page_pk=Cast("object_id", BigIntegerField())).values("page_pk")
    known = Q(pk__in=uses.values("entry__page_pk")) | Q(pk__in=named)
    return (
        get_page_model()._default_manager.filter(known, live=True).exclude(pk__in=pks).order_by("title", "pk")
    )


def _sites(pks: list[int]) -> list[EmbeddingSite]:
    entries = Entry.objects.using(using()).filter(page_pk__in=pks).values_list("pk", flat=True)
    uses = EmbedUse.objects.using(using()).filter(what__in=[story_key(pk) for pk in entries])
    last: dict[str, datetime.datetime] = {}
    for host, seen in uses.values_list("host", "last_seen"):
        last[host] = max(seen, last.get(host, seen))
    ordered = sorted(last.items(), key=lambda item: item[1], reverse=True)
    return [EmbeddingSite(host, seen) for host, seen in ordered]
