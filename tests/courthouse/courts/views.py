from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.http.list_requests import ListRequest
from wagtail_cpsnews.http.views import public_view, request_sites
from wagtail_cpsnews.usage.recording import note


@public_view
def docket(request):
    """An output of the host's own: the newest stories of a filter, one a line."""
    snapshot = current()
    default = Query(sites=request_sites(request, snapshot.reference), facets=False)
    asked = ListRequest.read(request.GET, snapshot, default=default)
    found = asked.find()
    if found.results is None:
        return HttpResponse("There is no such page.\n", status=found.status, content_type="text/plain")
    note(request, "docket", asked.query, stories=found.results.ids)
    lines = "".join(f"{entry.title}\n" for entry in found.results.entries)
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@public_view
def docket_entry(request, pk):
    """An output of the host's own: one story."""
    entry = get_object_or_404(Entry.objects.listed(), pk=pk)
    return HttpResponse(f"{entry.title}\n", content_type="text/plain; charset=utf-8")
