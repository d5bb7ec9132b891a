"""What the package gives to the tests of projects that use it."""

from django.test import TestCase

from tests.factories import build_newsroom, publish_story
from wagtail_cpsnews.test import CatalogueTestMixin


class TestTheMixin(CatalogueTestMixin, TestCase):
    def test_a_story_is_listed_and_gone_though_nothing_is_committed(self):
        page = publish_story(parent=build_newsroom(), title="Listed")
        items = self.client.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).json()
        assert [item["title"] for item in items["results"]] == ["Listed"]
        page.unpublish()
        items = self.client.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).json()
        assert items["results"] == []


def test_without_it_a_transaction_is_not_followed(db, client):
    publish_story(parent=build_newsroom(), title="Not committed")
    items = client.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).json()
    assert items["results"] == []
