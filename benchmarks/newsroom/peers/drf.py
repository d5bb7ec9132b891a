"""Django REST framework with django-filter over the page type.

What a developer writes in an afternoon.
"""

from django_filters import rest_framework as filters
from rest_framework import pagination, renderers, serializers, viewsets

from .models import Area, CrimeType, Kind, StoryPage


class CrimeTypeSerializer(serializers.ModelSerializer):
    class Meta:
        model = CrimeType
        fields = ["name", "slug"]


class AreaSerializer(serializers.ModelSerializer):
    class Meta:
        model = Area
        fields = ["name", "slug"]


class KindSerializer(serializers.ModelSerializer):
    class Meta:
        model = Kind
        fields = ["name", "slug"]


class StorySerializer(serializers.ModelSerializer):
    crime_types = CrimeTypeSerializer(many=True, read_only=True)
    area = AreaSerializer()
    kind = KindSerializer()

    class Meta:
        model = StoryPage
        fields = ["id", "title", "slug", "summary", "date", "area", "kind", "crime_types"]


class StoryFilter(filters.FilterSet):
    class Meta:
        model = StoryPage
        fields = {"crime_types": ["exact"], "area": ["exact"], "kind": ["exact"]}


class TenStories(pagination.PageNumberPagination):
    page_size = 10


class StoryViewSet(viewsets.ReadOnlyModelViewSet):
    """Lists stories, the newest first."""

    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    renderer_classes = [renderers.JSONRenderer]
    filter_backends = [filters.DjangoFilterBackend]
    pagination_class = TenStories
    serializer_class = StorySerializer
    filterset_class = StoryFilter
    queryset = (
        StoryPage.objects.live()
        .select_related("area", "kind")
        .prefetch_related("crime_types")
        .order_by("-date")
    )
