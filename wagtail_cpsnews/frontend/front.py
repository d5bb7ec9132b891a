"""What the news centre shows to who comes without a question: themes and ways on. Two queries, however many."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from wagtail.images import get_image_model

from ..catalogue.reference import Reference
from ..catalogue.sites import address_of
from ..compat import get_page_model
from ..conf import get_settings

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
        except OSError:  # the file is gone; the theme keeps its words
            continue
    return found


def _ways_on(page: Any, reference: Reference) -> list[dict[str, Any]]:
    values = _values(page.ways_on)
    pks = [value["page"] for value in values if value.get("page")]
    pages = get_page_model()._default_manager.filter(pk__in=pks).live() if pks else ()
    addresses = {page.pk: address_of(reference.roots, page.url_path) for page in pages}
    ways = [
        {
            "title": value.get("title") or "",
            "text": value.get("text") or "",
            "url": addresses.get(value.get("page"), "") or value.get("url") or "",
        }
        for value in values
    ]
    return [way for way in ways if way["url"]]
