"""What the news centre shows to who comes without a question: themes and ways on. Two queries, however many."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction

from ..catalogue.reference import Reference
from ..catalogue.sites import address_of
from ..compat import get_page_model
from ..conf import get_settings

logger = logging.getLogger("wagtail_cpsnews")

#: A theme's picture: a square beside its words.
IMAGE_FILTER = "fill-240x240"


def front_matter(page: Any, path: str, lang: str, reference: Reference) -> dict[str, Any]:
    """``themes`` and ``ways_on`` for an index page's template; ``path`` is the list's address,
    ``lang`` the language of labels.

    Reads the stream fields' raw data: their choosers would ask the database for topics, pictures and renditions
    one after the other.
    """
    return {"themes": _themes(page, path, lang, reference), "ways_on": _ways_on(page, reference)}


def _values(stream: Any) -> list[dict[str, Any]]:
    return [block["value"] for block in stream.raw_data]


def _themes(page: Any, path: str, lang: str, reference: Reference) -> list[dict[str, Any]]:
    if not get_settings().is_on("topic"):
        return []
    values = _values(page.themes)
    pictures = _pictures([value["image"] for value in values if value.get("image")])
    themes = []
    for value in values:
        topic = reference.taxonomies["topic"].by_pk(value.get("topic"))
        if topic is not None:
            themes.append(
                {
                    "title": topic.label(lang),
                    "language": topic.label_language(lang),
                    "text": value.get("text") or "",
                    "url": f"{path}?{urlencode({'topic': topic.slug})}",
                    "image": pictures.get(value.get("image") or 0),
                }
            )
    return themes


def _pictures(pks: list[int]) -> dict[int, Any]:
    """Renditions by image; those that were never made are made now."""
    if not pks:
        return {}
    Image = get_image_model()
    images = Image._default_manager.filter(pk__in=pks)
    Rendition = Image.get_rendition_model()
    made = Rendition.objects.filter(image__in=pks, filter_spec=IMAGE_FILTER)
    found = {rendition.image_id: rendition for rendition in made}
    missing = set(pks) - set(found)
    for image in images.filter(pk__in=missing) if missing else ():
        try:
            found[image.pk] = image.get_rendition(IMAGE_FILTER)
        except Exception as error:  # gone or broken; Willow raises what the library below it raises
            logger.warning("The picture of a theme cannot be shown: %s", error)
    return found


def _ways_on(page: Any, reference: Reference) -> list[dict[str, Any]]:
    values = _values(page.ways_on)
    pks = [value["page"] for value in values if value.get("page")]
    addresses = {pk: address_of(reference.roots, path) for pk, path in _public_paths(pks)} if pks else {}
    ways = [
        {
            "title": value.get("title") or "",
            "text": value.get("text") or "",
            "url": addresses.get(value.get("page") or 0, "") or value.get("url") or "",
        }
        for value in values
    ]
    return [way for way in ways if way["url"]]


def _text(expression: Any) -> Any:
    return ExpressionWrapper(expression, output_field=CharField())


def _public_paths(pks: list[int]) -> Any:
    """Key and ``url_path`` of the pages among ``pks`` that everybody may read: an address says what a page is about."""
    restrictions = PageViewRestriction.objects.annotate(
        own=_text(OuterRef("path")), source=Coalesce(_text(OuterRef("alias_of__path")), Value(""))
    ).filter(Q(own__startswith=F("page__path")) | Q(source__startswith=F("page__path")))
    pages = get_page_model()._default_manager.filter(pk__in=pks, live=True)
    pages = pages.filter(Q(expire_at=None) | Q(expire_at__gt=timezone.now())).exclude(Exists(restrictions))
    return pages.values_list("pk", "url_path")
