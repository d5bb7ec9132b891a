from tests.urls_headless import urlpatterns  # noqa: F401
