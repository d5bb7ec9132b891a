"""Security headers of our own public pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.http import HttpResponse

from ..conf import NewsroomSettings, get_settings


def protect(response: HttpResponse) -> HttpResponse:
    """Adds a strict Content-Security-Policy to a page that extends our own base template.

    A page in the host's template is left alone: what it may load is the host's to say.
    """
    if get_settings().BASE_TEMPLATE == NewsroomSettings().BASE_TEMPLATE:
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
    return response


def content_security_policy(*, scripts: bool = False) -> str:
    """Nothing from elsewhere: styles and pictures from here (and from where the host keeps its files).

    scripts: our own scripts too, what they ask of us, and our own frames; without it, none at all.
    """
    more = [
        f"script-src 'self'{_origin(django_settings.STATIC_URL)}",
        "connect-src 'self'",
        "frame-src 'self'",
    ]
    static, media = _origin(django_settings.STATIC_URL), _origin(django_settings.MEDIA_URL)
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


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f" {parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else ""
