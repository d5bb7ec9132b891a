"""The whole package in one test.

A story is published, listed, found and gone again.
"""


def test_a_story_goes_out_and_comes_back(story, api, titles):
    page = story("Haulier jailed", areas=["Wiltshire"], crime_types=["hate-crime"])
    assert titles(area="wessex") == ["Haulier jailed"]
    assert titles(area="london-north") == []
    item = api("items/")["results"][0]
    assert api(f"items/{item['id']}/")["title"] == "Haulier jailed"
    page.unpublish()
    assert titles() == []
    assert api(f"items/{item['id']}/", status=410)["errors"]
