from django.urls import path

from ..registry import TAXONOMIES
from .changes import ChangesView
from .contacts import PressContactsView
from .docs import DocsView, SchemaView
from .pages import MediaProtocolView, NewsCentreView, PressOfficeView
from .views import FacetsView, ItemsView, ItemView, NothingView, TermsView

urlpatterns = [
    path("items/", ItemsView.as_view(), name="items"),
    path("items/<str:pk>/", ItemView.as_view(), name="item"),
    path("facets/", FacetsView.as_view(), name="facets"),
    *(
        path(f"{taxonomy.path}/", TermsView.as_view(taxonomy=taxonomy.name), name=taxonomy.path)
        for taxonomy in TAXONOMIES.values()
    ),
    path("press-contacts/", PressContactsView.as_view(), name="press-contacts"),
    path("pages/news-centre/", NewsCentreView.as_view(), name="page-news-centre"),
    path("pages/press-office/", PressOfficeView.as_view(), name="page-press-office"),
    path("pages/media-protocol/", MediaProtocolView.as_view(), name="page-media-protocol"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    # Not left to the host, which might turn a 404 into a redirect to a page in some language.
    path("<path:rest>/", NothingView.as_view(), name="nothing"),
]
