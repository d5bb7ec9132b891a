"""Who reads a page: whose stories they get, in which language."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from ..catalogue.deferred import Reader
from ..catalogue.lookups import Reference
from ..catalogue.parameters import label_language
from ..catalogue.sites import root_of, site_ids
from ..catalogue.snapshots import current
from ..compat import AbstractPage
from ..conf import get_settings
from ..http.views import request_sites


def reader_for(context: Any) -> Reader:
    """Return the reader that a template is rendered for.

    context: of the template; its ``request`` and ``page`` are asked, as far as they are there. The stories are
    those of the request's site, else of the page's, else of the default site; the language is the page's.
    """
    context = context or {}
    snapshot = current()
    reference = snapshot.reference
    request, page = context.get("request"), context.get("page")
    if not isinstance(page, AbstractPage):  # a host may call anything "page", such as a page of a list
        page = None
    language = _language(page, reference)
    return Reader(
        reference=reference,
        language=language,
        lang=label_language(language, reference),
        sites=request_sites(request, reference) if request is not None else _sites(page, reference),
        request=request,
        snapshot=snapshot,
    )


def _language(page: Any, reference: Reference) -> str:
    code = page.locale.language_code if page is not None else translation.get_language()
    return reference.match_language(code or "") or reference.default_language


def _sites(page: Any, reference: Reference) -> tuple[int, ...] | None:
    if get_settings().SITES == "all":
        return None
    if page is not None:
        root = root_of(reference.roots, page.url_path)
    else:
        root = next((root for root in reference.roots if root.is_default), None)
    return tuple(site_ids(reference.roots, root.site_id)) if root else ()
