"""Files are served where they are public: at each address, for each kind of request."""

import datetime
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import clear_url_caches, path
from django.utils import timezone
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.images.utils import generate_signature
from wagtail.images.views.serve import ServeView
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction

from example_site import urls as site_urls
from tests import storages
from tests.catalogue.test_public_files import body_with, hold, make_document, make_image
from tests.factories import draft_story
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.http.file_checks import check_files, check_files_accel
from wagtail_cpsnews.http.files import PublicImageView
from wagtail_cpsnews.http.purging import addresses_of

pytestmark = pytest.mark.slow

HOST = {"host": "localhost"}
CHECK = "/newsroom/files/check/"

router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("images", ImagesAPIViewSet)

urlpatterns = [
    path("api/v2/", router.urls),
    path("signed/<str:signature>/<int:image_id>/<str:filter_spec>/", PublicImageView.as_view()),
    path("open/<str:signature>/<int:image_id>/<str:filter_spec>/", ServeView.as_view()),
    *site_urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def _no_renditions_of_other_tests():
    cache.clear()  # Wagtail keeps renditions there, by keys that another test's pictures had too


@pytest.fixture
def image(newsroom):
    return make_image()


@pytest.fixture
def sheet(newsroom):
    return make_document()


def get(url, client=None, **headers):
    return (client or Client()).get(url, headers={**HOST, **headers})


def bytes_of(response):
    return b"".join(response) if response.streaming else response.content


def addresses(image):
    return [
        image.file.url,
        *(image.get_rendition(spec).url for spec in ("max-90x90", "fill-50x50", "original")),
    ]


def publish(story, **fields):
    page = story(**fields)
    snapshots.current()
    return page


# -- pictures -------------------------------------------------------------------------------------------------------


def test_every_file_of_a_picture_goes_and_comes_back(story, image):
    page = publish(story, image=image)
    before = {url: bytes_of(get(url)) for url in addresses(image)}
    assert all(get(url).status_code == 200 for url in before)
    undo = hold(page)
    for url in before:
        answer = get(url)
        assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store"), url
        assert b"harbour" not in answer.content
    undo()
    assert {url: bytes_of(get(url)) for url in before} == before


def test_no_kind_of_request_passes(story, image):
    page = publish(story, image=image)
    url = image.file.url
    tag = get(url)["ETag"]
    assert get(url, **{"if-none-match": tag}).status_code == 304
    hold(page)
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": "*"},
        {"if-modified-since": "Sun, 29 Nov 2099 13:00:00 GMT"},
        {"range": "bytes=0-10"},
        {"x-original-uri": "/media/other.txt"},
    ):
        assert get(url, **headers).status_code == 410, headers
        head = Client().head(url, headers={**HOST, **headers})
        assert (head.status_code, head.content) == (410, b"")
    assert Client().post(url, headers=HOST).status_code == 405


def test_a_rendition_that_is_made_while_a_story_is_held(story, image):
    page = publish(story, image=image)
    hold(page)
    made = image.get_rendition("width-33")  # as the admin does for its lists
    assert default_storage.exists(made.file.name)
    assert get(made.url).status_code == 410


def test_a_picture_that_was_never_public_answers_like_one_that_is_not_there(newsroom, image):
    draft_story(parent=newsroom, title="Draft", image=image)
    for url in addresses(image):
        hidden, missing = get(url), get(url.replace("harbour", "harbour2"))
        assert (hidden.status_code, hidden.content) == (404, missing.content), url
        assert dict(hidden.headers) == dict(missing.headers)


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param("original_images/./{}", id="here"),
        pytest.param("original_images//{}", id="twice"),
        pytest.param("x/../original_images/{}", id="up"),
        pytest.param("original_images\\{}", id="backslash"),
        pytest.param("{}/", id="end"),
    ],
)
def test_no_other_spelling_leads_to_a_hidden_file(story, image, spelling):
    page = publish(story, image=image)
    hold(page)
    folder, _slash, name = image.file.name.partition("/")
    spelled = spelling.format(name) if not spelling.startswith("{") else f"{folder}/{name}/"
    for written in (spelled, quote(spelled, safe=""), quote(spelled, safe="").replace(".", "%2e")):
        assert get(f"/media/{written}").status_code == 404, written
        assert get(CHECK, **{"x-original-uri": f"/media/{written}"}).status_code == 403, written


def test_nothing_outside_the_storage_is_served(newsroom, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    for name in (
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "images/../../secret.txt",
        "/etc/passwd",
    ):
        assert get(f"/media/{name}").status_code == 404, name


def test_files_that_are_no_pictures_and_no_documents_are_the_hosts(newsroom):
    default_storage.save("reports/annual.txt", ContentFile(b"Annual"))
    answer = get("/media/reports/annual.txt")
    assert (answer.status_code, bytes_of(answer)) == (200, b"Annual")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert get("/media/reports").status_code == 404
    assert get("/media/reports/none.txt").status_code == 404


def test_what_is_left_in_wagtails_folders_is_not_served(newsroom):
    """Its row is gone, or not committed yet."""
    for name in ("original_images/left.png", "images/left.max-90x90.png", "documents/left.pdf"):
        default_storage.save(name, ContentFile(b"left"))
        assert get(f"/media/{name}").status_code == 404, name
        assert get(CHECK, **{"x-original-uri": f"/media/{name}"}).status_code == 403, name


def test_a_name_that_another_picture_has_now(story, image):
    """What a process remembers of a name is no answer when the picture is another."""
    publish(story, image=image)
    url, name = image.file.url, image.file.name
    assert get(url).status_code == 200
    draft = make_image("secret")
    draft_story(parent=story("Other").get_parent(), title="Draft", image=draft)
    type(image).objects.filter(pk=image.pk).update(file="original_images/moved.png")
    type(image).objects.filter(pk=draft.pk).update(file=name)
    assert get(url).status_code == 404


def test_a_drawing_runs_nothing(story, newsroom):
    default_storage.save("reports/drawing.svg", ContentFile(b"<svg/>"))
    answer = get("/media/reports/drawing.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer["Content-Security-Policy"]


# -- who may see more -----------------------------------------------------------------------------------------------


def test_people_in_the_admin_see_hidden_pictures_and_no_cache_does(story, image):
    page = publish(story, image=image)
    hold(page)
    editor, reader = Client(), Client()
    editor.force_login(User.objects.create_superuser("editor"))
    reader.force_login(User.objects.create_user("reader"))
    seen = get(image.file.url, editor)
    assert (seen.status_code, seen["Cache-Control"]) == (200, "private, no-store")
    assert get(image.file.url, reader).status_code == 410
    assert get(CHECK, editor, **{"x-original-uri": image.file.url}).status_code == 204
    assert get(CHECK, reader, **{"x-original-uri": image.file.url}).status_code == 403


def test_readers_of_a_private_story_see_its_pictures(story, image):
    page = publish(story, image=image)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    assert get(image.file.url).status_code == 410
    seen = get(image.file.url, reader)
    assert (seen.status_code, seen["Cache-Control"]) == (200, "private, no-store")
    hold(Page.objects.get(pk=page.pk))
    assert get(image.file.url, reader).status_code == 410


def test_files_of_a_private_collection(story, image):
    publish(story, image=image)
    CollectionViewRestriction.objects.create(collection=image.collection, restriction_type="login")
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    assert get(image.file.url).status_code == 404
    assert get(image.file.url, reader).status_code == 200


# -- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("storage", ["FailingStorage", "SignedStorage"])
def test_a_document_goes_and_comes_back(story, newsroom, settings, storage):
    storages.use(settings, storage)
    sheet, other = make_document(), make_document("other")
    page = publish(story, **body_with(make_image(), sheet))
    public = get(sheet.url)
    assert (public.status_code, bytes_of(public)) == (200, b"words")
    assert "attachment" in public["Content-Disposition"]
    assert public["Cache-Control"].startswith("max-age=")
    assert get(f"/media/{sheet.file.name}").status_code == 200
    undo = hold(page)
    for headers in (
        {},
        {"if-none-match": "*"},
        {"if-none-match": f'"{sheet.file_hash}"'},
        {"range": "bytes=0-1"},
    ):
        gone = get(sheet.url, **headers)
        assert gone.status_code == 410, headers
        assert "no longer available" in gone.content.decode()
        assert sheet.filename not in gone.content.decode()
    assert get(f"/media/{sheet.file.name}").status_code == 410
    assert get(sheet.url.replace("sheet", "oldsheet")).status_code == 404
    assert get(other.url).status_code in (200, 302)  # the newsroom has never used it
    undo()
    assert bytes_of(get(sheet.url)) == b"words"


def test_a_document_of_a_draft_is_not_found(newsroom, sheet):
    draft_story(parent=newsroom, title="Draft", **body_with(make_image(), sheet))
    assert get(sheet.url).status_code == 404
    editor = Client()
    editor.force_login(User.objects.create_superuser("editor"))
    assert get(sheet.url, editor)["Cache-Control"] == "private, no-store"


def test_a_picture_file_that_is_a_document(story, newsroom):
    picture = make_document("gate")
    picture.file.save("gate.png", make_image("x").file, save=True)
    page = publish(story, **body_with(make_image(), picture))
    public = get(picture.url)
    assert (public.status_code, public["Content-Type"]) == (200, "image/png")
    assert public["Cache-Control"].startswith("max-age=")
    hold(page)
    assert get(picture.url, **{"if-none-match": public["ETag"]}).status_code == 410


# -- servers and caches ---------------------------------------------------------------------------------------------


def test_a_web_server_asks(story, image):
    page = publish(story, image=image)
    for url in addresses(image):
        for asked in (url, f"{url}?v=1", quote(url).replace("_", "%5F")):
            answer = get(CHECK, **{"x-original-uri": asked})
            assert (answer.status_code, answer.content) == (204, b""), asked
            assert answer["Cache-Control"].startswith("max-age=")
    hold(page)
    for url in addresses(image):
        answer = get(CHECK, **{"x-original-uri": url})
        assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    for asked in ("", "/", "/other/file.txt", "http://localhost/media/file.txt", "/media/%ff"):
        assert get(CHECK, **{"x-original-uri": asked}).status_code == 403, asked


def test_a_web_server_sends(story, image, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "FILES_ACCEL": "/protected/"}
    page = publish(story, image=image)
    answer = get(image.file.url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == f"/protected/{image.file.name}"
    assert answer["Content-Type"] == "image/png"
    hold(page)
    assert "X-Accel-Redirect" not in get(image.file.url)


def test_caches_keep_a_file_for_as_long_as_its_story(story, image, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "CACHE_TAG_HEADERS": ["xkey"]}
    page = publish(story, image=image)
    entry = Entry.objects.get(page_pk=page.pk)
    answer = get(image.file.url)
    assert (answer["Cache-Control"], answer["xkey"]) == ("max-age=60", f"news news-{entry.pk}")
    assert not {"vary", "set-cookie"} & {name.lower() for name in answer.headers}
    page.expire_at = timezone.now() + datetime.timedelta(seconds=20)
    page.save_revision().publish()
    assert get(image.file.url)["Cache-Control"] == "max-age=10"


def test_addresses_of_files_are_purged_with_their_story(story, image, sheet):
    page = publish(story, image=image, **body_with(image, sheet))
    entry = Entry.objects.get(page_pk=page.pk)
    urls = {f"http://localhost{url}" for url in (*addresses(image), sheet.url)}
    assert not urls & addresses_of([str(entry.pk)])
    hold(page)
    snapshots.current()
    assert urls <= addresses_of([str(entry.pk)])


def test_what_a_public_picture_costs(story, image, django_assert_max_num_queries):
    publish(story, image=image)
    url = image.get_rendition("max-90x90").url
    get(url)
    with django_assert_max_num_queries(3):  # its row, the pages that use it, private collections
        assert get(url).status_code == 200


def test_a_storage_that_is_away(story, newsroom, settings):
    storages.use(settings, "FailingStorage")
    image = make_image()
    publish(story, image=image)
    storages.failing.add("open")
    try:
        assert get(image.file.url).status_code == 503
    finally:
        storages.failing.clear()


@pytest.fixture
def signed(settings):
    settings.ROOT_URLCONF = "tests.http.test_files"
    clear_url_caches()
    yield
    clear_url_caches()


def test_renditions_at_signed_addresses(story, image, signed):
    page = publish(story, image=image)
    url = f"/signed/{generate_signature(image.pk, 'width-30')}/{image.pk}/width-30/"
    public = get(url)
    assert (public.status_code, public["Cache-Control"]) == (200, "max-age=60")
    hold(page)
    assert get(url).status_code == 404


# -- checks ---------------------------------------------------------------------------------------------------------


def test_the_example_is_protected(settings):
    settings.DEBUG = False
    assert check_files(None) == []


def warnings(settings):
    return [warning.msg.partition(" of a story")[0] for warning in check_files(None)]


def test_what_is_not_protected_is_named(settings, signed):
    assert warnings(settings) == ["Titles and file names", "Pictures at signed addresses"]
    settings.ROOT_URLCONF = "tests.urls_without_newsroom"
    clear_url_caches()
    assert warnings(settings) == ["Original pictures", "Renditions of pictures"]
    settings.WAGTAILDOCS_SERVE_METHOD = "direct"
    assert warnings(settings) == ["Original pictures", "Renditions of pictures", "Documents"]
    settings.DEBUG = True
    assert warnings(settings) == []


@pytest.mark.parametrize(
    ("url", "good"),
    [("https://www.example.org/media/", True), ("https://bucket.example/media/", False), ("/files/", False)],
)
def test_where_media_has_to_lead(settings, url, good):
    settings.ALLOWED_HOSTS, settings.MEDIA_URL = ["www.example.org"], url
    assert warnings(settings) == ([] if good else ["Original pictures", "Renditions of pictures"])


def test_a_storage_with_signed_addresses_is_named(settings):
    storages.use(settings, "SignedStorage")
    assert warnings(settings) == ["Original pictures", "Renditions of pictures"]
    assert {warning.id for warning in check_files(None)} == {"cpsnews.W049"}


@pytest.mark.parametrize(
    ("value", "good"), [("", 1), ("/protected/", 1), ("protected/", 0), ("/x", 0), (None, 0)]
)
def test_where_the_web_server_finds_files(settings, value, good):
    settings.WAGTAIL_CPSNEWS = {"FILES_ACCEL": value}
    assert [error.id for error in check_files_accel(None)] == ([] if good else ["cpsnews.E049"])
