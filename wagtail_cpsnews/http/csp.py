"""Content-Security-Policy: one builder, and policies.

The policies are those that several outputs share.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.http import HttpResponse

from ..conf import NewsroomSettings, get_settings


def protect(response: HttpResponse) -> HttpResponse:
    """Add a strict Content-Security-Policy to a page of the package.

    Such a page is made by the package's templates on its own base template.

    A page in a template of the host's is left alone: what it may load is the host's to say.
    """
    if get_settings().BASE_TEMPLATE == NewsroomSettings().BASE_TEMPLATE and _is_ours(response):
        response.headers.setdefault("Content-Security-Policy", policy_for(response))
    return response


def allow_share_script(response: HttpResponse) -> HttpResponse:
    """Note that a page has buttons for sharing, whose script is a static file."""
    response._cpsnews_shares = True  # type: ignore[attr-defined]
    return response


def policy_for(response: HttpResponse) -> str:
    """Return the strict policy that a page of the package needs.

    For a host's middleware.
    """
    return content_security_policy(shares=getattr(response, "_cpsnews_shares", False))


def _is_ours(response: HttpResponse) -> bool:
    names = getattr(response, "template_name", None)
    name = next(iter(names), "") if isinstance(names, (list, tuple)) else names
    return isinstance(name, str) and name.startswith("wagtail_cpsnews/")


def build_csp(**directives: str) -> str:
    """Return a policy that allows nothing but what its directives name.

    ``build_csp(style_src="'self'", frame_ancestors="*")`` returns
    ``default-src 'none'; style-src 'self'; frame-ancestors *``.
    """
    named = {name.replace("_", "-"): value for name, value in directives.items()}
    return "; ".join(f"{name} {value}" for name, value in {"default-src": "'none'", **named}.items())


def content_security_policy(*, scripts: bool = False, shares: bool = False) -> str:
    """Return the policy of an HTML page.

    It allows styles and pictures from this site, and from where the host keeps its files.

    Args:
        scripts: Also allow the package's scripts, what they fetch from here, and frames from here.
        shares: Also allow the package's scripts, which may fetch nothing.
    """
    static, media = static_origin(), _media_origins()
    own = {"script_src": f"'self'{static}"}
    more = {**own, "connect_src": "'self'", "frame_src": "'self'"}
    return build_csp(
        **(more if scripts else own if shares else {}),
        style_src=f"'self'{static}",
        img_src=f"'self' data:{static}{media}",
        media_src=f"'self'{media}",
        form_action="'self'",
        base_uri="'none'",
        frame_ancestors="'self'",
    )


def api_page_policy() -> str:
    """Return the policy of an HTML page of the API.

    It loads style sheets and runs nothing.
    """
    return build_csp(
        style_src=f"'self'{static_origin()}",
        base_uri="'none'",
        form_action="'none'",
        frame_ancestors="'self'",
    )


def static_origin() -> str:
    """Return where the host keeps its static files; "" where that is here.

    With a space before it to follow ``'self'``.
    """
    return _origin(django_settings.STATIC_URL)


def _media_origins() -> str:
    """Return where pictures and recordings are stored.

    The storage may well be elsewhere though ``MEDIA_URL`` does not say so.
    """
    try:
        stored = default_storage.url("picture.jpg")
    except Exception:  # whatever a storage's library raises; then it is for MEDIA_URL to say
        stored = ""
    return "".join(dict.fromkeys(map(_origin, (django_settings.MEDIA_URL, stored))))


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f" {parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else ""
