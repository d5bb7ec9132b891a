"""Sites whose pages another front end shows.

The package's pages lead there (settings ``FRONTEND`` and ``STORY_BASE_URL``).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from ..catalogue.sites import address_of
from ..catalogue.snapshots import current
from ..conf import get_settings


def redirect_to_front_end(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return the redirect to the page at ``path`` on the other front end.

    ``None`` where the page is shown here, or previewed.

    Raises ``Http404`` where no setting tells where that is, or where it is here: a redirect would go round in
    circles.
    """
    if get_settings().FRONTEND or getattr(request, "is_preview", False):
        return None
    url = address_of(current().reference.roots, path)
    if not url or url == request.build_absolute_uri(request.path):
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)
