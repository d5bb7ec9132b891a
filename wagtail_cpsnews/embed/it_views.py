"""A page for the IT department of a site that shows a list.

Requests, sources for its Content-Security-Policy, a privacy text, and what happens when something fails.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..catalogue.lookups import Reference
from ..catalogue.parameters import label_language
from ..catalogue.snapshots import current
from ..conf import get_settings
from ..http.csp import content_security_policy
from ..http.unavailable import answer_unavailable
from ..http.views import public_view, request_sites
from ..languages import asked_language, own_name
from ..stories.context import public_context
from .builder_views import BuilderResponse
from .frames import frame_file, origin
from .methods import script_kilobytes
from .policies import Advice, Need, Pasted, advise, origin_of, read_policies
from .script import VERSION, script_integrity
from .views import MAX_AGE as SCRIPT_MAX_AGE

#: Seconds between the element's requests, and after which a list that can't be renewed gives way to its link
#: (``refresh`` and ``max-stale`` in embed/js/control.js; the frame has the same period, and three attempts).
REFRESH, MAX_STALE = 300, 900


@public_view
@answer_unavailable("html")
@require_http_methods(["GET", "HEAD", "POST"])
def it_page(request: HttpRequest) -> HttpResponse:
    """Serve ``embed/it/``.

    A policy that is sent to it is answered and kept nowhere: it is not in the address, so in no server's log.
    """
    snapshot = current()
    reference = snapshot.reference
    lang = label_language(asked_language(request, "lang") or reference.default_language, reference)
    path = reverse("cpsnews:it_page")
    with translation.override(lang):
        context = {
            **public_context(),
            "lang": lang,
            "path": path,
            "versions": _versions(lang, path, reference),
            **it_context(request, reference),
            **(_check(request, reference) if request.method == "POST" else {}),
        }
        page = render(request, "wagtail_cpsnews/it/page.html", context)
    response = BuilderResponse(page.content, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = content_security_policy(scripts=True)
    is_answer = request.method == "POST"
    response["Cache-Control"] = "no-store" if is_answer else f"public, max-age={get_settings().MAX_AGE}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def it_context(request: HttpRequest, reference: Reference) -> dict[str, Any]:
    """Return the facts of the page, as this publisher's software has them."""
    mount = request.build_absolute_uri(reverse("cpsnews:list"))
    return {
        "host": request.get_host(),
        "publisher": origin_of(mount),
        "addresses": {
            "script": f"{mount}embed/v1.js",
            "pinned": f"{mount}embed/{VERSION}/widget.js",
            "list": f"{mount}api/v1/items/",
            "frame": f"{mount}embed/list/",
            "fragment": f"{mount}embed/list/?format=fragment",
            "builder": f"{mount}embed/builder/",
        },
        "pictures": picture_origins(request, reference),
        "integrity": script_integrity(),
        "script_size": localize(script_kilobytes()),
        "frame_script_size": localize(round(len(frame_file("frame.js")[0]) / 1000, 1)),
        "script_minutes": SCRIPT_MAX_AGE // 60,
        "list_seconds": get_settings().MAX_AGE,
        "refresh_minutes": REFRESH // 60,
        "stale_minutes": MAX_STALE // 60,
        "frame_ancestors": get_settings().FRAME_ANCESTORS,
    }


def picture_origins(request: HttpRequest, reference: Reference) -> list[str]:
    """Return where the pictures of this host's lists are."""
    sites = request_sites(request, reference)
    addresses = [
        request.build_absolute_uri(django_settings.MEDIA_URL or "/"),
        *(root.url for root in reference.roots if sites is None or root.site_id in sites),
    ]
    return list(dict.fromkeys(found for address in addresses if (found := origin(address))))


def _versions(lang: str, path: str, reference: Reference) -> list[dict[str, str]]:
    codes = dict.fromkeys(label_language(language, reference) for language in reference.languages)
    return [
        {"code": code, "name": own_name(code), "url": f"{path}?lang={code}"} for code in codes if code != lang
    ]


# -- the policy that was pasted ---------------------------------------------------------------------------------------


def _check(request: HttpRequest, reference: Reference) -> dict[str, Any]:
    """Return what is answered to a pasted policy."""
    text, shows_pictures = _read_form(request)
    if text is None:
        pasted = Pasted(remarks=(_("The text could not be read. Paste the policy into the field again."),))
    elif not text.strip():
        pasted = Pasted(remarks=(_("Paste the policy of your page."),))
    else:
        pasted = read_policies(text)
    pictures = picture_origins(request, reference) if shows_pictures else []
    return {
        "checked": True,
        "policy": text or "",
        "shows_pictures": shows_pictures,
        "pasted": pasted,
        "answers": _answers(request, pasted, pictures),
        "only_reports": bool(pasted.policies) and all(policy.only_reports for policy in pasted.policies),
    }


def _read_form(request: HttpRequest) -> tuple[str | None, bool]:
    """Return the pasted text, and whether the list has pictures.

    The text is ``None`` where it can't be read. Only an ordinary form is read: one with files would be written to disk.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        return None, False
    try:
        form = QueryDict(request.body, encoding="utf-8")
    except (RequestDataTooBig, TooManyFieldsSent, ValueError):
        return None, False
    return form.get("policy", ""), bool(form.get("pictures"))


def _answers(request: HttpRequest, pasted: Pasted, pictures: list[str]) -> list[dict[str, Any]]:
    mount = request.build_absolute_uri(reverse("cpsnews:list"))
    element = [
        Need("script-src", f"{mount}embed/v1.js", script_integrity()),
        Need("connect-src", f"{mount}api/v1/items/"),
        *(Need("img-src", f"{address}/") for address in pictures),
    ]
    frame = [Need("frame-src", f"{mount}embed/list/")]
    blocking = [policy for policy in pasted.policies if not policy.only_reports] or list(pasted.policies)
    answers = []
    for name, label, needs in (("element", _("Script"), element), ("frame", _("Frame"), frame)):
        advice: list[Advice] = [advise(policy, needs) for policy in blocking]
        answers.append(
            {
                "label": label,
                "advice": [
                    {
                        "id": f"policy-{name}-{number}",
                        "number": number if len(advice) > 1 else 0,
                        "advice": one,
                    }
                    for number, one in enumerate(advice, start=1)
                    if one.additions or one.notes
                ],
            }
        )
    return answers
