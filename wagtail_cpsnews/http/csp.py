"""Security headers of our own public pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.http import HttpResponse

from ..conf import NewsroomSettings, get_settings


def protect(response: HttpResponse) -> HttpResponse:
    """Adds a strict Content-Security-Policy to a page that is made by the package's templates on its own base template.

    A page in a template of the host's is left alone: what it may load is the host's to say.
    """
    if get_settings().BASE_TEMPLATE == NewsroomSettings().BASE_TEMPLATE and _is_ours(response):
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
    return response


def _is_ours(response: HttpResponse) -> bool:
    names = getattr(response, "template_name", None)
    name = next(iter(names), "") if isinstance(names, (list, tuple)) else names
    return isinstance(name, str) and name.startswith("wagtail_cpsnews/")


def content_security_policy(*, scripts: bool = False) -> str:
    """Nothing from elsewhere: styles and pictures from here (and from where the host keeps its files).

    scripts: our own scripts too, what they ask of us, and our own frames; without it, none at all.
    """
    static, media = static_origin(), _media_origins()
    more = [f"script-src 'self'{static}", "connect-src 'self'", "frame-src 'self'"]
    return "; ".join(
        [
            "default-src 'none'",
            *(more if scripts else []),
            f"style-src 'self'{static}",
            f"img-src 'self' data:{static}{media}",
            f"media-src 'self'{media}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        ]
    )


def static_origin() -> str:
    """Where the host keeps its static files, with a space before it to follow ``'self'``; "" where that is here."""
    return _origin(django_settings.STATIC_URL)


def _media_origins() -> str:
    """Where pictures and recordings lie: the storage may well be elsewhere though ``MEDIA_URL`` does not say so."""
    try:
        stored = default_storage.url("picture.jpg")
    except Exception:  # whatever a storage's library raises; then it is for MEDIA_URL to say
        stored = ""
    return "".join(dict.fromkeys(map(_origin, (django_settings.MEDIA_URL, stored))))


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f" {parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else ""
