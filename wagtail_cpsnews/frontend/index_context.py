"""Context for the unfiltered news centre: themes, working with the media, links.

One query for the pages that it leads to, one for pictures, one where a protocol is chosen: its status is always as it
is now. Where checks are registered, the pages that are led to are read too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from wagtail.images import get_image_model

from ..catalogue.counting import Key, Selection, get_counter
from ..catalogue.db import using
from ..catalogue.lookups import Reference
from ..catalogue.public_links import PublicLinks, page_ref
from ..catalogue.query import Query
from ..catalogue.references import Resolver
from ..catalogue.richtext import safe_url
from ..catalogue.sites import address_of
from ..catalogue.snapshots import Snapshot, current
from ..catalogue.visibility import in_restricted_collection, visible_pages
from ..conf import get_settings
from ..http.links import feed_links, parameters, with_parameters
from ..images.renditions import get_renditions, rendition_url
from .press_panel import Found, is_version_of, media_panel

#: What a list is asked for besides what it is fixed to.
_HOW_IT_IS_CUT = ("order", "page", "page_size")

#: A theme's picture: a square beside its words.
IMAGE_FILTER = "fill-240x240"


def linked_pages(page: Any, reference: Reference, *, front: bool, versions: bool) -> list[Found]:
    """Return the public pages that an index page leads to.

    With ``versions`` its other languages, with ``front`` what it shows to readers who have not filtered. One
    query, none where there is nothing to look for.
    """
    roles: dict[str, Any] = {}
    pks: list[int] = []
    chosen = {"protocol": page.protocol_page_id, "press_office": page.press_office_page_id}
    if versions and len(reference.languages) > 1:
        roles["version"] = Q(translation_key=page.translation_key)
    if front and page.lead_story_id and len(reference.languages) > 1:
        roles["lead"] = is_version_of(page.lead_story_id)
    if front:
        pks = [way["page"] for way in _values(page.ways_on) if way.get("page")]
    if front:
        roles |= {name: is_version_of(pk) for name, pk in chosen.items() if pk}
    return public_pages(pks, roles, set(chosen.values()), page.locale_id, reference)


def find_lead(
    page: Any, selection: Selection, found: Iterable[Found], shown: Sequence[Key] = ()
) -> Key | None:
    """Return the story that an editor has chosen to lead, as ``selection`` lists it.

    ``None`` where none is chosen, and where the page does not list it: a story that is not public, say. Of a story in
    several languages it is the version that the list shows.

    found: what ``linked_pages()`` gave. shown: stories of the list that have been found already.
    """
    if not page.lead_story_id:
        return None
    pks = {page.lead_story_id, *(one.pk for one in found if "lead" in one.roles)}
    known = [key for key in shown if key.page_pk in pks] or selection.among(pks, 1)
    return next(iter(known), None)


def front_matter(page: Any, path: str, lang: str, reference: Reference, found: list[Found]) -> dict[str, Any]:
    """Return ``themes``, ``media`` and ``ways_on`` for an index page's template.

    ``path`` is the list's address, ``lang`` the language of labels, ``found`` what ``linked_pages()`` gave.

    Reads the stream fields' raw data: their choosers would ask the database for topics, pictures and
    renditions one after the other.
    """
    return {
        "themes": _themes(page, path, lang, reference),
        "media": media_panel(page, found, lang),
        "ways_on": _onward_links(_values(page.ways_on), found, Resolver(reference, lang)),
    }


def public_data(
    page: Any, query: Query, lang: str, links: PublicLinks, absolute: Callable[[str], str]
) -> dict[str, Any]:
    """Return the news centre as plain JSON values.

    What it shows around its list, and where the list is.

    query: what the list is fixed to. absolute: makes a path of this site an address.
    """
    snapshot = current()
    reference = snapshot.reference
    address = address_of(reference.roots, page.url_path)
    found = linked_pages(page, reference, front=True, versions=False)
    matter = front_matter(page, address, lang, reference, found)
    pairs = [pair for pair in parameters(query, reference) if pair[0] != "order"]
    return {
        "title": page.title,
        "url": address,
        "language": page.locale.language_code,
        "introduction": links.html(page.introduction),
        "themes": [] if query.topic else [_theme_data(theme, links.base) for theme in matter["themes"]],
        "lead": _lead_id(page, query, snapshot, found),
        "media": matter["media"],
        "ways_on": matter["ways_on"],
        "query": {name: value for name, value in query.as_json().items() if name not in _HOW_IT_IS_CUT},
        "items_url": absolute(with_parameters(reverse("cpsnews:items"), pairs)),
        "feeds": [
            {"name": feed.name, "type": feed.type, "url": absolute(feed.url)}
            for feed in feed_links(query, reference)
        ],
    }


def _lead_id(page: Any, query: Query, snapshot: Snapshot, found: list[Found]) -> str | None:
    """Return the public id of the chosen lead story, or ``None``."""
    if not page.lead_story_id or not snapshot.built:
        return None
    selection = get_counter(using()).select(query, snapshot)
    key = find_lead(page, selection, found)
    return next((str(pk) for _when, pk in selection.places([key])), None) if key is not None else None


def linked_page_ids(page: Any) -> list[int | None]:
    """Return the keys of the pages that a news centre leads to.

    Links in its text are not among them. The pages may be public or not.
    """
    ways = [way.get("page") for way in _values(page.ways_on)]
    return [*ways, page.protocol_page_id, page.press_office_page_id]


def _theme_data(theme: dict[str, Any], base: str) -> dict[str, Any]:
    image = theme["image"]
    topic = {"slug": theme["slug"], "label": theme["title"]}
    return {
        "topic": topic | ({"language": theme["language"]} if theme["language"] else {}),
        "text": theme["text"],
        "url": theme["url"],
        "image": image | {"url": urljoin(base, image["url"])} if image else None,
    }


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
                    "slug": topic.slug,
                    "title": topic.label(lang),
                    "language": topic.label_language(lang),
                    "text": value.get("text") or "",
                    "url": f"{path}?{urlencode({'topic': topic.slug})}",
                    "image": pictures.get(value.get("image") or 0),
                }
            )
    return themes


def _pictures(pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return pictures with their present addresses, by image.

    Renditions that were never made are made now.

    A picture that not everybody may see is left out.
    """
    if not pks:
        return {}
    shown = get_image_model()._default_manager.filter(pk__in=pks).exclude(in_restricted_collection())
    visible = list(shown.order_by().values_list("pk", flat=True))
    found = {
        pk: {
            "url": rendition_url(rendition.file.name),
            "width": rendition.width,
            "height": rendition.height,
            "alt": "",  # it stands beside its words
        }
        for pk, rendition in get_renditions(visible, IMAGE_FILTER).items()
    }
    return {pk: picture for pk, picture in found.items() if picture["url"]}


def _onward_links(
    values: list[dict[str, Any]], found: list[Found], resolver: Resolver
) -> list[dict[str, Any]]:
    addresses = {page.pk: page.url for page in found}
    ways = []
    for value in values:
        way = {name: value.get(name) or "" for name in ("title", "text")}
        page = page_ref(value.get("page"))
        there = addresses.get(value.get("page") or 0, "")
        way["url"] = there or safe_url(value.get("url"))
        if page is not None and way["url"] and not there:  # the words may be the hidden page's title
            way |= {
                name: resolver.mask(words, page, plain=True) for name, words in way.items() if name != "url"
            }
        ways.append(way)
    return [way for way in ways if way["url"]]


def public_pages(
    pks: list[int],
    roles: dict[str, Any],
    chosen: set[int | None],
    locale_id: int,
    reference: Reference,
) -> list[Found]:
    """Return the public pages among ``pks``, and those of ``roles``.

    Each role is a condition that finds pages. Everybody may read the result: an address or a title says what
    a page is about.
    """
    if not pks and not roles:
        return []
    wanted = Q(pk__in=pks)
    for condition in roles.values():
        wanted |= Q(condition)
    rows = visible_pages(wanted, reference.roots).annotate(
        **{f"is_{name}": ExpressionWrapper(Q(role), BooleanField()) for name, role in roles.items()}
    )
    names = (
        "pk",
        "url_path",
        "title",
        "locale_id",
        "locale__language_code",
        "content_type_id",
        "alias_of_id",
    )
    found = []
    for row in rows.values(*names, *(f"is_{name}" for name in roles)):
        found.append(
            Found(
                pk=row["pk"],
                url=address_of(reference.roots, row["url_path"]),
                title=row["title"],
                language=row["locale__language_code"],
                content_type_id=row["content_type_id"],
                locale_id=row["locale_id"],
                is_alias=row["alias_of_id"] is not None,
                roles=tuple(name for name in roles if row[f"is_{name}"]),
                is_chosen=row["pk"] in chosen,
                is_in_our_language=row["locale_id"] == locale_id,
            )
        )
    return found
