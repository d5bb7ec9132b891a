"""System checks of how files are served: what is not protected is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.http.request import validate_host
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.images.views.serve import ServeView

from ..conf import get_settings
from ..images.renditions import rendition_storage
from ..images.stored_files import folder_of_renditions
from .files import PublicImageView, serve_media


@register()
def check_files_accel(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check ``FILES_ACCEL``: it is put before the names of files."""
    value = get_settings().FILES_ACCEL
    if isinstance(value, str) and (value == "" or (value.startswith("/") and value.endswith("/"))):
        return []
    return [
        Error(
            "WAGTAIL_CPSNEWS['FILES_ACCEL'] must be a path that begins and ends with a slash.",
            hint="For example '/protected/', an internal location of nginx; '' sends files from Django.",
            id="cpsnews.E049",
        )
    ]


@register(Tags.urls)
def check_files(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of files that are served without asking whether they are public."""
    if settings.DEBUG:
        return []
    return [
        Warning(
            f"{what} of a story that is held, withdrawn or private may still be served: {why}",
            hint=f"{hint} See docs/files.md.",
            id="cpsnews.W049",
        )
        for what, why, hint in _unprotected()
    ]


def _unprotected() -> Iterator[tuple[str, str, str]]:
    """Yield what is not protected, why, and what to do."""
    mount = "Mount wagtail_cpsnews.http.files.serve_media at the path of MEDIA_URL."
    places = (
        ("Original pictures", default_storage, "original_images"),
        ("Renditions of pictures", rendition_storage(), folder_of_renditions()),
    )
    for what, storage, folder in places:
        try:
            url = str(storage.url(f"{folder}/name.jpg"))
        except Exception:  # noqa: S112  no address, nothing to warn of
            continue
        if "?" in url:
            why = "their addresses are signed by the storage, and work until they expire."
            yield what, why, f"Give the storage addresses of your site without signatures. {mount}"
        elif not _leads_to_us(url):
            yield what, f"{url} does not lead to the package.", mount
    if getattr(settings, "WAGTAILDOCS_SERVE_METHOD", None) == "direct":
        why = "WAGTAILDOCS_SERVE_METHOD is 'direct', and their addresses do not lead to the package."
        if not _leads_to_us(str(default_storage.url("documents/name.txt"))):
            yield "Documents", why, f"Set it to 'serve_view', or leave it out. {mount}"
    for view in _views(get_resolver()):
        name = f"{view.__module__}.{view.__name__}"
        if issubclass(view, ServeView) and not issubclass(view, PublicImageView):
            hint = "Use wagtail_cpsnews.http.files.PublicImageView."
            yield "Pictures at signed addresses", f"{name} serves every picture.", hint
        elif issubclass(view, (ImagesAPIViewSet, DocumentsAPIViewSet)) and _is_wagtails(view):
            hint = "Leave the endpoint out, or give it a get_queryset() of your own."
            yield "Titles and file names", f"{name} lists every file.", hint


def _leads_to_us(url: str) -> bool:
    """Return whether ``serve_media`` of this site answers at an address."""
    parts = urlsplit(url)
    hosts = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    hosts.append(urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", None) or "").hostname or "")
    if parts.hostname and not validate_host(parts.hostname, hosts):
        return False
    try:
        return resolve(parts.path).func is serve_media
    except Resolver404:
        return False


def _is_wagtails(view: Any) -> bool:
    """Return whether an endpoint lists what Wagtail does, for everybody.

    The admin has endpoints of its own, behind its login.
    """
    is_admins = ".admin." in view.__module__
    return str(view.get_queryset.__module__).startswith("wagtail.") and not is_admins


def _views(resolver: Any) -> list[type]:
    """Return the classes of views at all addresses, each once.

    ``view_class`` is Django's name for it, ``cls`` that of Django REST framework.
    """
    found: dict[type, None] = {}
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= dict.fromkeys(_views(pattern))
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        if isinstance(view, type):
            found[view] = None
    return list(found)
