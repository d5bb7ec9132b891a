"""Serves files of pictures and documents that are public.

``serve_media`` is mounted where ``MEDIA_URL`` leads to; ``check_media`` answers a web server that sends the files itself
(``auth_request`` of nginx). Wagtail's views of documents and of single renditions ask here too. See docs/files.md.
"""

from __future__ import annotations

import logging
import mimetypes
import os
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any, Never
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served
from wagtail.images import get_image_model
from wagtail.images.views.serve import ServeView

from ..catalogue.db import using
from ..catalogue.models import Entry, EntryUse
from ..catalogue.public_files import FileDecision, decide_file, pages_using
from ..catalogue.snapshots import current
from ..catalogue.uses import of_file, refs_of_uses
from ..catalogue.visibility import in_restricted_collection, why_not_served
from ..conf import get_settings
from ..images.documents import serve_without_metadata
from ..images.renditions import rendition_storage
from ..images.stored_files import find_by_name, folder_of_renditions, is_in_own_folder, is_plain_name
from .caching import max_age
from .responses import PublicResponseMixin
from .tags import LISTS, add_tags, story_tag
from .unavailable import UnavailableResponse, answer_unavailable
from .views import public_view

logger = logging.getLogger("wagtail_cpsnews")

#: Formats of pictures that Python does not know everywhere.
_TYPES = {".avif": "image/avif", ".webp": "image/webp", ".heic": "image/heic", ".svg": "image/svg+xml"}

#: What browsers would run if it were opened as a page of the site.
_ACTIVE = ("image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/xml")

#: Pages at which a reader of private pages is looked for, for one file.
MOST_PRIVATE_PAGES = 20


class PublicFile(PublicResponseMixin, FileResponse, HttpResponse):
    """A file that everybody may have, sent in pieces.

    It is an ``HttpResponse`` too, since Wagtail takes nothing else from a hook (``wagtail/documents/views/serve.py``).
    """

    @property
    def content(self) -> Never:
        raise AttributeError("A file has no content but streaming_content.")

    @content.setter
    def content(self, value: object) -> None:
        """Ignore what ``HttpResponse`` begins with."""


class FileAnswer(PublicResponseMixin, HttpResponse):
    """An answer about a file, without its bytes."""


@public_view
@require_safe
@answer_unavailable("html")
def serve_media(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a file of the media storage.

    Mount it as ``path("media/<path:name>", serve_media)``, with the path of ``MEDIA_URL``.
    """
    refusal, decision = _ask(request, name)
    if refusal is not None:
        return refusal
    return limit_lifetime(send(_storage_of(name), name, request), decision)


@public_view
@require_safe
@answer_unavailable("html")
def check_media(request: HttpRequest) -> HttpResponse:
    """Answer 204 where a file may be served, otherwise 403.

    The file is the one at the address in the header ``X-Original-URI``, with or without a query.
    """
    base = urlsplit(settings.MEDIA_URL).path
    try:
        path = unquote(request.headers.get("X-Original-URI", "").partition("?")[0], errors="strict")
    except UnicodeDecodeError:
        path = ""
    refusal, decision = _ask(request, path.removeprefix(base) if path.startswith(base) else "")
    if refusal is not None:
        answer = FileAnswer(status=403)
        answer["Cache-Control"] = "no-store"
        return answer
    return limit_lifetime(FileAnswer(status=204), decision)


def _ask(request: HttpRequest, name: str) -> tuple[HttpResponse | None, FileDecision | None]:
    """Return the refusal of a file and the decision about it, each if there is one."""
    if not is_plain_name(name):
        return refused(404), None
    instance = find_by_name(name)
    if instance is None:
        return (refused(404), None) if is_in_own_folder(name) else (None, None)
    decision = decide_file(instance)
    if decision.public and _is_in_private_collection(instance):
        decision = FileDecision(False)
    return refuse(request, instance, decision), decision


def refuse(request: HttpRequest, instance: Any, decision: FileDecision) -> HttpResponse | None:
    """Return the answer instead of a file, ``None`` where this reader may have it.

    410 where the file was public once, otherwise 404 as for a file that is not there.
    """
    if decision.public or may_see(request, instance):
        return None
    return refused(410 if decision.was_public else 404)


def refused(status: int) -> HttpResponse:
    """Return the answer instead of a file.

    No cache keeps it, since the file may be served again.
    """
    text = "This file is no longer available.\n" if status == 410 else "Not found.\n"
    response = FileAnswer(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


# -- readers who may see more ---------------------------------------------------------------------------------------


def may_see(request: HttpRequest, instance: Any) -> bool:
    """Return whether this reader may have a file that is not public.

    People who work in Wagtail's admin see pictures there; readers of a private page see what it shows.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "user"):
        return False
    if request.user.is_active and request.user.has_perm("wagtailadmin.access_admin"):
        return True
    if _is_in_private_collection(instance) and not _accepts(instance.collection, request):
        return False
    for page in pages_using(instance).filter(live=True)[:MOST_PRIVATE_PAGES].specific():
        if page.get_view_restrictions() and _accepts(page, request) and not why_not_served(page):
            return True
    return decide_file(instance).public


def _accepts(restricted: Any, request: HttpRequest) -> bool:
    """Return whether a reader meets all restrictions of a page or a collection."""
    return all(restriction.accept_request(request) for restriction in restricted.get_view_restrictions())


def _is_in_private_collection(instance: Any) -> bool:
    rows = type(instance)._default_manager.filter(pk=instance.pk)
    return bool(rows.filter(in_restricted_collection()).exists())


# -- documents, and renditions by their signed addresses ------------------------------------------------------------


def refuse_document(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Return the answer instead of a document, or ``None``.

    At the address that Wagtail gives it.
    """
    document._cpsnews_decision = decision = decide_file(document)
    return refuse(request, document, decision)


def serve_document(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Serve a document of the newsroom, or a picture file without its metadata.

    ``None`` leaves other documents to Wagtail. To be asked after all other hooks: who may read a document is decided
    there. A storage elsewhere is read here, not led to: its addresses would go on working.
    """
    decision = getattr(document, "_cpsnews_decision", None) or decide_file(document)
    response = serve_without_metadata(document, request)
    if not decision.is_newsroom:
        return response
    if response is None:
        document_served.send(sender=get_document_model(), instance=document, request=request)
        response = send(
            document.file.storage,
            document.file.name,
            request,
            content_type=document.content_type,
            disposition=document.content_disposition,
        )
        if getattr(settings, "WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT", True):
            response["Content-Security-Policy"] = "default-src 'none'"
    return limit_lifetime(response, decision)


class PublicImageView(ServeView):
    """Wagtail's view of renditions by signed addresses, for public pictures alone."""

    def get(self, request: HttpRequest, signature: str, image_id: Any, *args: Any, **kwargs: Any) -> Any:
        image = get_object_or_404(get_image_model(), pk=image_id)
        decision = decide_file(image)
        if refuse(request, image, decision) is not None:
            raise Http404
        return limit_lifetime(super().get(request, signature, image_id, *args, **kwargs), decision)


# -- caches ---------------------------------------------------------------------------------------------------------


def limit_lifetime(response: HttpResponse, decision: FileDecision | None) -> HttpResponse:
    """Let caches keep a file as long as an answer about its stories.

    With their tags. What only some readers may have is kept by no cache.
    """
    if decision is not None and not decision.public:
        response["Cache-Control"] = "private, no-store"
        return response
    if response.status_code not in (200, 204, 302, 304):
        return response
    snapshot = current()
    response["Cache-Control"] = f"max-age={max_age(snapshot) if snapshot.built else 0}"
    if get_settings().CACHE_TAG_HEADERS and response.status_code == 200:
        pages = decision.pages if decision is not None else ()
        entries = Entry.objects.filter(page_pk__in=pages, public=True).values_list("pk", flat=True)
        add_tags(response, [*map(story_tag, entries)] or [LISTS])
    return response


def addresses_of_files(ids: Collection[str]) -> set[str]:
    """Return the addresses of the files of stories that are not public any more."""
    gone = Entry.objects.using(using()).filter(pk__in=[UUID(pk) for pk in ids], public=False)
    uses = EntryUse.objects.using(using()).filter(of_file(), entry__in=gone)
    refs = refs_of_uses(set(uses.values_list("subject", flat=True)))
    images = [pk for kind, pk in refs if kind == "image"]
    documents = [pk for kind, pk in refs if kind == "document"]
    Image = get_image_model()
    files = [
        *Image.get_rendition_model()._default_manager.filter(image__in=images),
        *(image.file for image in Image._default_manager.filter(pk__in=images)),
        *get_document_model()._default_manager.filter(pk__in=documents),
    ]
    found = set()
    for file in files:
        try:
            found.add(str(file.url).partition("?")[0])
        except Exception as error:  # storages raise what they like
            logger.warning("A file of a story that is gone has no address: %s", error)
    return found


# -- sending --------------------------------------------------------------------------------------------------------


def _storage_of(name: str) -> Any:
    return rendition_storage() if name.startswith(f"{folder_of_renditions()}/") else default_storage


def send(
    storage: Any, name: str, request: HttpRequest, *, content_type: str = "", disposition: str = ""
) -> HttpResponse:
    """Return the response with a file of a storage.

    It has the file's bytes, or tells the web server to send them (``FILES_ACCEL``).
    """
    content_type = content_type or _type_of(name)
    response: HttpResponse
    if get_settings().FILES_ACCEL:
        response = FileAnswer(content_type=content_type)
        response["X-Accel-Redirect"] = f"{get_settings().FILES_ACCEL}{quote(name)}"
    else:
        tag = _tag_of(storage, name)
        if tag and (known := get_conditional_response(request, etag=tag)) is not None:
            response = FileAnswer(status=known.status_code)
        else:
            try:
                response = PublicFile(storage.open(name), content_type=content_type)
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation):
                return refused(404)
            except Exception as error:  # storages raise what they like
                logger.warning("The file %s can’t be served: %s", name, error)
                return UnavailableResponse("Try again later.\n", content_type="text/plain; charset=utf-8")
        if tag:
            response["ETag"] = tag
    if disposition:
        response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    if content_type.partition(";")[0] in _ACTIVE:
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _tag_of(storage: Any, name: str) -> str:
    """Return the entity tag of a file of a local storage, else "".

    To ask another storage for a file's state costs as much as the file.
    """
    try:
        state = os.stat(storage.path(name))
    except (NotImplementedError, OSError, SuspiciousFileOperation):
        return ""
    return f'"{state.st_mtime_ns:x}-{state.st_size:x}"'


def _type_of(name: str) -> str:
    ending = PurePosixPath(name).suffix.lower()
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
