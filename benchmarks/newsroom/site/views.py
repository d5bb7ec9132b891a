"""The unit of measurement."""

from django.http import HttpRequest, HttpResponse


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with next to nothing.

    What is left is gunicorn, Django and Wagtail's middleware.
    """
    return HttpResponse(b"{}", content_type="application/json")
