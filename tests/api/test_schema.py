"""The OpenAPI document says what the API does."""

import copy
import re

import jsonschema
import pytest

from wagtail_cpsnews.catalogue.json_schema import component, hoist_components
from wagtail_cpsnews.catalogue.parameters import names_in_use

#: The one address that is described and is not below ``api/v1/``.
OEMBED = "/embed/oembed/"

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def document(api, newsroom):
    return api("schema/")


def resolved(node, document):
    """The node with references followed."""
    if isinstance(node, list):
        return [resolved(part, document) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target, document)
    return {name: resolved(part, document) for name, part in node.items()}


def component_of(document, name):
    return resolved(document["components"]["schemas"][name], document)


def operation(document, path):
    return document["paths"][path if path == OEMBED else f"/api/v1/{path}"]["get"]


def schema_of(document, path, status="200"):
    return resolved(
        operation(document, path)["responses"][status]["content"]["application/json"]["schema"], document
    )


def check(value, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


def test_the_document_is_openapi(document):
    assert document["openapi"].startswith("3.1")
    assert set(document["info"]) >= {"title", "version"}
    ids = []
    for path, item in document["paths"].items():
        assert path.startswith("/api/v1/") or path == OEMBED
        assert set(item) & METHODS == {"get"}
        found = item["get"]
        ids.append(found["operationId"])
        assert {"200", "400", "503"} <= set(found["responses"])
        placeholders = {parameter["name"] for parameter in found["parameters"] if parameter["in"] == "path"}
        assert all(f"{{{name}}}" in path for name in placeholders)
        assert path.count("{") == len(placeholders)
        for parameter in found["parameters"]:
            assert parameter["in"] in ("path", "query")
            jsonschema.Draft202012Validator.check_schema(resolved(parameter["schema"], document))
        for response in found["responses"].values():
            assert response["description"] is not None
            for content in response.get("content", {}).values():
                jsonschema.Draft202012Validator.check_schema(resolved(content["schema"], document))
        assert found.get("security", [{}]) == [{}]
    assert len(ids) == len(set(ids))
    assert document["servers"] == [{"url": "http://localhost/newsroom"}]


def test_it_describes_this_api_alone(document):
    assert sorted({*document["paths"]} - {OEMBED}) == sorted(
        f"/api/v1/{path}"
        for path in (
            "items/",
            "items/{id}/",
            "facets/",
            "kinds/",
            "crime-types/",
            "areas/",
            "topics/",
            "press-contacts/",
            "pages/news-centre/",
            "pages/press-office/",
            "pages/media-protocol/",
            "changes/",
            "schema/",
        )
    )


def parameters(document, path):
    return [
        parameter["name"]
        for parameter in operation(document, path)["parameters"]
        if parameter["in"] == "query"
    ]


def test_its_parameters_are_the_parsers(document, api):
    assert sorted(parameters(document, "items/")) == sorted([*names_in_use(), "format"])
    assert parameters(document, "areas/") == sorted(parameters(document, "areas/"))
    assert sorted(parameters(document, "areas/")) == ["format", "lang", "q"]
    assert sorted(parameters(document, "changes/")) == ["fields", "format", "lang", "page_size", "since"]
    for path in ("items/", "facets/", "areas/", "changes/"):
        allowed = api(path, status=400, nonsense="1")["errors"][0]["allowed"]
        assert set(allowed) <= set(parameters(document, path))


def test_values_of_parameters_are_those_that_are_taken(document, api):
    found = {one["name"]: one["schema"] for one in operation(document, "items/")["parameters"]}
    for name in ("lang", "order", "facets"):
        assert found[name]["enum"] == api(status=400, **{name: "nonsense"})["errors"][0]["allowed"]
    for value in found["lang"]["enum"]:
        assert api(lang=value)["query"]["lang"] == value
    assert found["language"]["enum"] == api(status=400, language="?")["errors"][0]["allowed"]
    assert found["format"]["enum"] == ["json", "html"]
    for name in ("published_after", "published_before"):
        assert found[name]["format"] == "date"
        for day in (
            "1900-01-01",
            "2999-12-31",
            "1899-12-31",
            "3000-01-01",
            "2026-1-1",
            "20260101",
            "1999-W01-1",
        ):
            api(status=200 if re.search(found[name]["pattern"], day) else 400, **{name: day})
    for page_size in (found["page_size"]["minimum"], found["page_size"]["maximum"]):
        assert api(page_size=page_size)["query"]["page_size"] == page_size
        api(page_size=101 if page_size > 1 else 0, status=400)
    for names in ("title", "id,title,", ","):
        assert re.search(found["fields"]["pattern"], names)
        api(fields=names)
    assert not re.search(found["fields"]["pattern"], "titles")
    # Absent, which the document says of each.
    assert api(**dict.fromkeys(found, "")) == api()
    for path in document["paths"]:
        for one in operation(document, path.removeprefix("/api/v1/"))["parameters"]:
            assert one.get("allowEmptyValue", False) is (one["in"] == "query" and not one.get("required"))
    contacts = {one["name"]: one["schema"] for one in operation(document, "press-contacts/")["parameters"]}
    for at in (
        "2026-03-14T02:00:00Z",
        "2026-03-14 02:00",
        "2026-03-14T02:00:00.5+01:00",
        "1999-12-31T00:00",
        "2026-03-14",
    ):
        api("press-contacts/", at=at, status=200 if re.search(contacts["at"]["pattern"], at) else 400)
    assert (
        contacts["audience"]["enum"]
        == api("press-contacts/", status=400, audience="?")["errors"][0]["allowed"]
    )


def test_pages_are_declared(document):
    for path in document["paths"]:
        for response in operation(document, path.removeprefix("/api/v1/"))["responses"].values():
            other = "text/xml" if path == OEMBED else "text/html"
            assert set(response["content"]) == {"application/json", other}


def test_answers_are_as_described(document, api, story):
    check(api(), schema_of(document, "items/"))
    story("Plain")
    story("Filed", kind="news", areas=["wessex", "cps"], crime_types=["hate-crime"], topics=["statistics"])
    story("Spoken", speech=True, speaker="A. N. Other", kind="speech")
    page = story("Gone")
    listed = api()
    pks = {item["title"]: item["id"] for item in listed["results"]}
    page.unpublish()
    check(listed, schema_of(document, "items/"))
    check(api(fields="title,areas"), schema_of(document, "items/"))
    for item in listed["results"]:  # whole without ``fields``
        check(item, component_of(document, "Item"))
    check(api(facets="none", lang="cy", cursor="start"), schema_of(document, "items/"))
    check(api("facets/"), schema_of(document, "facets/"))
    for title in ("Plain", "Filed", "Spoken"):
        check(api(f"items/{pks[title]}/"), component_of(document, "Story"))
        check(api(f"items/{pks[title]}/", fields="body"), schema_of(document, "items/{id}/"))
    check(api(f"items/{pks['Gone']}/", status=410), schema_of(document, "items/{id}/", "410"))
    check(api("items/nothing/", status=404), schema_of(document, "items/{id}/", "404"))
    check(api(status=400, page="0", area="x"), schema_of(document, "items/", "400"))
    changed = api("changes/")
    check(changed, schema_of(document, "changes/"))
    api("items/")
    story("Later").unpublish()
    check(api("changes/", since=changed["token"]), schema_of(document, "changes/"))
    check(api("changes/", fields="title"), schema_of(document, "changes/"))
    check(api("changes/", status=400, since="x"), schema_of(document, "changes/", "400"))
    for path in ("kinds/", "crime-types/", "areas/", "topics/"):
        check(api(path), schema_of(document, path))


def test_oembed_is_described_with_the_parameters_that_it_reads(document, story, client):
    page = story("Plain")
    found = {one["name"]: one for one in operation(document, OEMBED)["parameters"]}
    assert list(found) == ["format", "maxwidth", "maxheight", "url"]
    assert found["url"]["required"]
    assert all(one["description"] for one in found.values())
    address = f"/newsroom{OEMBED}"

    def ask(status=200, **params):
        response = client.get(address, params, headers={"host": "localhost"})
        assert response.status_code == status
        check(response.json(), schema_of(document, OEMBED, str(status)))
        return response.json()

    answer = ask(url=page.full_url)
    assert ask(url=page.full_url, format="", maxwidth="", maxheight="wide") == answer
    lowest = found["maxwidth"]["schema"]["anyOf"][0]
    assert ask(url=page.full_url, maxwidth=300)["width"] == 300
    assert ask(url=page.full_url, maxwidth=lowest["minimum"])["width"] == lowest["minimum"]
    assert ask(url=page.full_url, maxwidth=lowest["maximum"] + 1) == answer
    ask(400)
    ask(404, url="http://localhost/nowhere/")
    (error,) = ask(501, url=page.full_url, format="yaml")["errors"]
    assert error["allowed"] == found["format"]["schema"]["enum"]
    for name in found["format"]["schema"]["enum"]:
        response = client.get(address, {"url": page.full_url, "format": name}, headers={"host": "localhost"})
        kind = response.headers["Content-Type"].partition(";")[0]
        assert kind in operation(document, OEMBED)["responses"]["200"]["content"]


@pytest.mark.parametrize(
    "path", ["items/", "changes/", "pages/news-centre/", "pages/press-office/", "pages/media-protocol/"]
)
def test_examples_are_as_described(document, path):
    for status, response in operation(document, path)["responses"].items():
        for content in response["content"].values():
            for example in content.get("examples", {}).values():
                check(example["value"], schema_of(document, path, status))


def references(node):
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
        yield from (found for value in node.values() for found in references(value))
    elif isinstance(node, list):
        yield from (found for value in node for found in references(value))


def test_what_repeats_is_a_component_with_a_name(document):
    schemas = document["components"]["schemas"]
    assert {"Item", "Story", "Term", "FacetValue", "Error", "PressContact", "Changes"} <= set(schemas)
    assert set(references(document)) == {f"#/components/schemas/{name}" for name in schemas}
    assert "x-definition" not in str(document)
    for path in document["paths"]:
        for response in operation(document, path.removeprefix("/api/v1/"))["responses"].values():
            for content in response.get("content", {}).values():
                assert "properties" not in content["schema"], path


def test_two_schemas_of_one_name_are_refused():
    schemas = [component("Term", {"type": "string"}), component("Term", {"type": "integer"})]
    with pytest.raises(ValueError, match="Term"):
        hoist_components(schemas, {})


def test_addresses_have_summaries_and_groups_of_their_own(document):
    found = [item["get"] for item in document["paths"].values()]
    summaries = [one["summary"] for one in found]
    assert len(set(summaries)) == len(summaries)
    assert {"List crime types", "List areas"} <= set(summaries)
    assert {tag for one in found for tag in one["tags"]} == {tag["name"] for tag in document["tags"]}
    assert not re.search(r"\ba [aeiou]", str(document), re.IGNORECASE)


def test_a_taxonomy_that_is_off_is_not_in_it(api, newsroom, settings):
    settings.WAGTAIL_CPSNEWS = {
        "TAXONOMIES": {"crime_type": False, "kind": False, "area": {"en": ("ward", "wards")}}
    }
    document = api("schema/")
    # Those who agree to a protocol may well be crime reporters.
    assert "crime" not in str(document).lower().replace("crime_reporters", "")
    assert "/api/v1/kinds/" not in document["paths"]
    assert "kind" not in parameters(document, "items/")
    area = next(
        parameter for parameter in operation(document, "items/")["parameters"] if parameter["name"] == "area"
    )
    assert "ward" in area["description"]


def test_a_hosts_own_settings_change_nothing(document, api, settings):
    before = copy.deepcopy(document)
    settings.SPECTACULAR_SETTINGS = {
        "TITLE": "The host's",
        "VERSION": "99",
        "SCHEMA_PATH_PREFIX": "/newsroom",
        "PREPROCESSING_HOOKS": ["nowhere.nothing"],
        "POSTPROCESSING_HOOKS": [],
        "SERVERS": [{"url": "https://host.example"}],
        "DEFAULT_GENERATOR_CLASS": "nowhere.Generator",
        "OAS_VERSION": "3.1.0",
        "CAMELIZE_NAMES": True,
    }
    settings.REST_FRAMEWORK = {
        "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.openapi.AutoSchema",
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
        "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
        "UNICODE_JSON": False,
        "COMPACT_JSON": False,
        "UPLOADED_FILES_USE_URL": False,
        "DATETIME_FORMAT": "%d",
        "DEFAULT_PARSER_CLASSES": [],
    }
    assert api("schema/") == before
    for _again in range(3):
        assert api()["count"] == 0
