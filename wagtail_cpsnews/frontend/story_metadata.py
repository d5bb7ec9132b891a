"""The metadata of a story's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..catalogue.db import using
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry
from ..catalogue.serializers import url_of
from ..catalogue.sites import SiteRoot, address_of, root_of
from ..catalogue.snapshots import current
from ..catalogue.story_updates import OUTCOME
from . import structured_data as ld
from .metadata import Metadata, Picture, alternates, publisher_node, share_picture, site_name, steps_to


def story_metadata(context: Mapping[str, Any], page: Any) -> Metadata:
    """Return what the head of a story's page says, by the context of its template."""
    reference = current().reference
    root = root_of(reference.roots, page.url_path)
    url = _story_url(page, reference)
    updates = context.get("updates") or []
    published, updated = page.published_at or page.first_published_at, context.get("updated")
    kind = context.get("kind") or {}
    made = Metadata(
        title=page.title,
        language=page.language_code,
        description=_outcomes(updates) + (getattr(page, "search_description", "") or page.summary),
        url=url,
        is_indexed=not page.noindex,
        is_article=True,
        alternates=alternates(page.language_code, url, context.get("versions") or (), reference),
        site_name=site_name(root),
        picture=share_picture(page.image, page.image_alt, url) if url else None,
        published=ld.as_text(published) or "",
        modified=ld.as_text(max(filter(None, (published, updated)), default=None)) or "",
        section=kind.get("label", ""),
        tags=tuple(tag["label"] for tag in context.get("tags") or () if tag),
    )
    if root is None or not url:
        return made
    return replace(made, nodes=_story_nodes(context, page, made, root, reference))


def _story_url(page: Any, reference: Reference) -> str:
    """Return the story's address.

    An alias's is that of the story itself, where that is public.
    """
    if page.alias_of_id is not None:
        stories = Entry.objects.using(using()).filter(page_pk=page.alias_of_id, public=True)
        if entry := stories.only("path", "address").first():
            return url_of(entry.path, entry.address, reference)
    return address_of(reference.roots, page.url_path)


def _outcomes(updates: Iterable[Mapping[str, Any]], *, in_full: bool = False) -> str:
    """Return how a case ended, for before anything else.

    Nobody should read of a charge alone.
    """
    return "".join(
        f"{one['label']} ({one['date_display']}). " + (f"{one['text']} " if in_full else "")
        for one in updates
        if one["kind"] == OUTCOME
    )


def _story_nodes(
    context: Mapping[str, Any], page: Any, made: Metadata, root: SiteRoot, reference: Reference
) -> list[dict[str, Any]]:
    publisher, updates = publisher_node(root, context.get("all_contacts") or ()), context.get("updates") or []
    speech, licence = page.get_speech_facts() or {}, context.get("licence") or {}
    event, speaker = ld.speech_event(speech, made.url), ld.speaker(speech)
    authors = (
        [speaker] if speaker else [ld.node("Person", name=name) for name in context.get("authors") or ()]
    )
    picture = made.picture
    article = ld.node(
        "NewsArticle",
        id_=f"{made.url}#story",
        url=made.url,
        mainEntityOfPage=made.url,
        headline=made.title,
        description=_outcomes(updates, in_full=True)
        + (getattr(page, "search_description", "") or page.summary),
        inLanguage=made.language,
        datePublished=made.published,
        dateModified=made.modified,
        author=authors or ld.reference_to(publisher),
        publisher=ld.reference_to(publisher),
        image=_image_node(picture, page) if picture and _is_for_reuse(page, licence) else None,
        articleSection=made.section,
        keywords=list(made.tags),
        license=licence.get("url"),
        correction=[ld.correction(update) for update in updates if update["kind"] in ld.CORRECTIONS],
        recordedAt=ld.reference_to(event) if event else None,
        associatedMedia=ld.node("MediaObject", url=speech["recording"]) if speech.get("recording") else None,
        creativeWorkStatus="Archived" if page.archived_on else None,
        workTranslation=[
            ld.node("NewsArticle", id_=f"{url}#story", url=url, inLanguage=code)
            for code, url in made.alternates
            if code not in ("x-default", made.language)
        ],
    )
    steps = [*steps_to(page, root, reference), (made.title, made.url)]
    return [article, *([event] if event else []), ld.breadcrumbs(made.url, steps), publisher]


def _is_for_reuse(page: Any, licence: Mapping[str, Any]) -> bool:
    """Return whether the story's picture has no licence of its own.

    Programs that take the story under its licence would not know of that one.
    """
    return page.image_licence in ("", licence.get("name"))


def _image_node(picture: Picture, page: Any) -> dict[str, Any]:
    return ld.node(
        "ImageObject",
        url=picture.url,
        width=str(picture.width),
        height=str(picture.height),
        description=picture.alt,
        caption=page.image_caption,
        creditText=page.image_credit,
        copyrightNotice=page.image_licence,
    )
