"""The example's own Content-Security-Policy.

A site with a template of its own says what that may load.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from wagtail_cpsnews.http.csp import policy_for


class StrictPolicy:
    """No scripts but the package's own, and nothing from elsewhere on every public page.

    Wagtail's admin needs more than that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(reverse("wagtailadmin_home")):
            response.headers.setdefault("Content-Security-Policy", policy_for(response))
        return response
