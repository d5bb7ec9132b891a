"""The number of stories that a live list would find now.

The block's form asks for it while an editor sets the filter.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ..catalogue.deferred import Reader
from ..catalogue.query import Query
from ..compat import get_page_model
from ..frontend.story_lists import INSIDE, lost_its_filter, read
from ..stories.blocks.lists import Params
from ..stories.reading import reader_for


@require_safe
def count(request: HttpRequest) -> JsonResponse:
    """Return ``{"count", "text"}`` for list parameters.

    ``for_page`` is the page whose site and language count.

    It counts what the catalogue holds, which is public, so it tells an editor nothing that a reader cannot see.
    """
    params = Params({name: values for name, values in request.GET.lists() if name in INSIDE})
    reader = _reader(request)
    list_request = read(params, reader)
    if lost_its_filter(list_request.problems, list_request.query, params):
        text = " ".join(problem.message for problem in list_request.problems)
        return JsonResponse({"count": None, "text": text})
    results = list_request.find().results
    if results is None:
        return JsonResponse({"count": None, "text": _("The catalogue is not built yet.")})
    return JsonResponse({"count": results.count, "text": _text(results.count, list_request.query)})


def _reader(request: HttpRequest) -> Reader:
    pk = request.GET.get("for_page", "")
    page: Any = None
    if pk.isdecimal() and len(pk) < 19:
        page = get_page_model()._default_manager.filter(pk=int(pk)).select_related("locale").first()
    return reader_for({"page": page} if page is not None else {"request": request})


def _text(found: int, query: Query) -> str:
    text = ngettext(
        "This filter finds %(count)d story now.", "This filter finds %(count)d stories now.", found
    ) % {"count": found}
    if found > query.page_size:
        shown = ngettext("The newest is shown.", "The newest %(count)d are shown.", query.page_size)
        text = f"{text} {shown % {'count': query.page_size}}"
    return text
