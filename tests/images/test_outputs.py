"""No picture and no download that an output names says where it was taken.

Whatever asked for it.
"""

import io
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.template import Context, Template
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.rich_text import RichText

from tests import pictures, storages
from tests.images.test_metadata import assert_bare
from wagtail_cpsnews.checks import check_documents, check_settings
from wagtail_cpsnews.images.credits import read_credits
from wagtail_cpsnews.images.renditions import get_rendition

Image = get_image_model()
Rendition = Image.get_rendition_model()
Document = get_document_model()

#: What a host's templates may ask for.
HOST_TAGS = (
    "{% image it width-40 %}{% image it original %}{% picture it format-{avif,webp,jpeg} width-30 %}"
    "{% srcset_image it width-{20,25} %}{% image it format-png %}{% image it format-gif width-24 %}"
)


@pytest.fixture(autouse=True)
def _no_renditions_of_other_tests():
    cache.clear()  # Wagtail keeps renditions there, by keys that another test's pictures had too


def make_image(ending, data=None):
    data = data or pictures.MAKERS[ending]()
    return Image.objects.create(title="Harbour", file=ContentFile(data, f"harbour.{ending}"))


def make_document(ending, data=None):
    document = Document(title="Harbour")
    document.file.save(f"harbour.{ending}", ContentFile(data or pictures.MAKERS[ending]()), save=False)
    document.save()
    return document


def stored(image):
    """The bytes of all renditions of an image by specification."""
    return {one.filter_spec: one.file.storage.open(one.file.name).read() for one in image.renditions.all()}


@pytest.mark.parametrize("ending", [ending for ending in pictures.MAKERS if ending != "svg"])
def test_every_rendition_is_stored_without_metadata(ending, newsroom):
    image = make_image(ending)
    tags = HOST_TAGS
    if ending == "tif":  # Wagtail shows one in another format only
        tags = re.sub(r"\{% (srcset_image|image it (original|width)).*?%\}", "", tags)
    Template("{% load wagtailimages_tags %}" + tags).render(Context({"it": image}))
    if ending != "tif":
        str(RichText(f'<embed embedtype="image" id="{image.pk}" format="left" alt=""/>'))
        assert get_rendition(image, "max-50x50")
    found = stored(image)
    assert len(found) >= (5 if ending == "tif" else 11)
    for spec, data in found.items():
        assert_bare(data)
        with Picture.open(io.BytesIO(data)) as made:
            if not ending.endswith("gif") and made.format != "GIF":
                assert made.info.get("icc_profile"), spec


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_pictures_are_turned_before_they_forget_how(ending, newsroom):
    image = make_image(ending, pictures.MAKERS[ending](orientation=6))
    for data in (stored_one(image, "max-200x200"), stored_one(image, "original")):
        with Picture.open(io.BytesIO(data)) as made:
            assert made.size == (40, 64)
            assert made.convert("RGB").getpixel((35, 32))[0] > 200  # what was above is at the right


def stored_one(image, spec):
    rendition = get_rendition(image, spec)
    return rendition.file.storage.open(rendition.file.name).read()


def test_an_svg_is_stored_without_metadata(newsroom):
    image = make_image("svg")
    data = stored_one(image, "max-50x50|preserve-svg")
    assert pictures.WORDS not in data
    assert b"rect" in data


# -- credit fields ------------------------------------------------------------------------------------------------


def test_credit_fields_are_kept_where_the_host_asks(newsroom, settings):
    image = make_image(
        "jpg", pictures.jpeg(artist="Ceri Vaughan", copyright="Crown", iptc_fields={110: "CPS"})
    )
    assert read_credits(stored_one(image, "max-50x50")) == {}
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "KEEP_IMAGE_CREDITS": ["artist", "credit"]}
    for spec in ("max-50x50", "max-50x50|format-png", "max-50x50|format-webp"):
        data = stored_one(image, spec)  # another rendition than before
        assert read_credits(data) == {"artist": "Ceri Vaughan", "credit": "CPS"}
        assert pictures.WORDS not in data
    download = make_document("jpg", pictures.jpeg(copyright="Crown", artist="Ceri Vaughan"))
    assert download.pk
    call_command("strip_image_metadata", stdout=io.StringIO())
    assert read_credits(stored_one(image, "max-50x50")) == {"artist": "Ceri Vaughan", "credit": "CPS"}


@pytest.mark.parametrize("value", ["artist", ["gps"], ("artist", "city")])
def test_a_wrong_field_is_named(settings, value):
    settings.WAGTAIL_CPSNEWS = {"KEEP_IMAGE_CREDITS": value}
    assert "cpsnews.E031" in {message.id for message in check_settings(None)}


# -- downloads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", pictures.MAKERS)
@pytest.mark.parametrize("storage", ["FailingStorage", "SignedStorage"])
def test_a_picture_that_is_downloaded_carries_nothing(ending, storage, newsroom, settings, client):
    storages.use(settings, storage)
    document = make_document(ending)
    response = client.get(document.url, headers={"host": "localhost"})
    assert response.status_code == 200
    data = b"".join(response) if response.streaming else response.content
    if ending == "svg":
        assert pictures.WORDS not in data
    else:
        assert_bare(data)
    assert response["Content-Type"].startswith("image/")
    assert "attachment" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    again = client.get(document.url, headers={"host": "localhost", "if-none-match": response["ETag"]})
    assert again.status_code == 304
    with document.open_file() as file:
        assert pictures.WORDS in file.read()  # the editors' file is as it was


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_download_is_turned_too(ending, newsroom, client):
    document = make_document(ending, pictures.MAKERS[ending](orientation=6))
    data = client.get(document.url, headers={"host": "localhost"}).content
    assert_bare(data)
    with Picture.open(io.BytesIO(data)) as made:
        assert made.size == (40, 64)
        assert made.info["icc_profile"]


def test_who_may_not_read_a_document_gets_no_picture_either(newsroom, client):
    document = make_document("jpg")
    collection = Collection.get_first_root_node().add_child(name="Private")
    document.collection = collection
    document.save()
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    response = client.get(document.url, headers={"host": "localhost"})
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_other_documents_are_served_by_wagtail(newsroom, client):
    document = make_document("pdf", b"%PDF-1.7 words")
    response = client.get(document.url, headers={"host": "localhost"})
    assert b"".join(response.streaming_content) == b"%PDF-1.7 words"
    raw = make_document("dng", pictures.tiff())  # without its entries it would be no picture any more
    response = client.get(raw.url, headers={"host": "localhost"})
    assert b"".join(response.streaming_content) == pictures.tiff()
    damaged = make_document("png", pictures.png()[:8] + b"\xff" * 3 + b"x" * 3)
    assert client.get(damaged.url, headers={"host": "localhost"}).status_code in (200, 404)
    broken = make_document("jpg", b"\xff\xd8\xffnothing of the sort" + pictures.WORDS)
    assert client.get(broken.url, headers={"host": "localhost"}).status_code == 404


def test_downloads_past_wagtail_are_warned_of(settings):
    assert check_documents(None) == []
    settings.WAGTAILDOCS_SERVE_METHOD = "direct"
    assert [message.id for message in check_documents(None)] == ["cpsnews.W031"]


# -- renditions that are there --------------------------------------------------------------------------------------


def test_renditions_of_before_are_cleaned_under_their_names(newsroom, tmp_path):
    image = make_image("jpg")
    rendition = image.get_rendition("width-40")
    path, data = Path(rendition.file.path), pictures.jpeg(size=(40, 25))
    path.write_bytes(data)
    gone = image.get_rendition("width-41")
    Path(gone.file.path).unlink()

    def run(*arguments):
        out = io.StringIO()
        call_command("strip_image_metadata", *arguments, stdout=out)
        return out.getvalue()

    assert "2 renditions: 1 carry metadata, 1 have no file" in run("--dry-run")
    assert path.read_bytes() == data
    assert "2 renditions: 1 have lost their metadata, 1 have no file" in run()
    assert_bare(path.read_bytes())
    assert image.get_rendition("width-40").file.name == rendition.file.name
    assert "2 renditions: 0 have lost" in run()


def test_what_cannot_be_cleaned_is_told(newsroom, settings):
    storages.use(settings, "FailingStorage")
    image = make_image("jpg")
    rendition = image.get_rendition("width-40")
    Path(rendition.file.path).write_bytes(pictures.jpeg())
    storages.failing.add("save")
    try:
        err = io.StringIO()
        with pytest.raises(CommandError, match="1 renditions could not be cleaned"):
            call_command("strip_image_metadata", stdout=io.StringIO(), stderr=err)
        assert "No space left" in err.getvalue()
        assert not Rendition.objects.exists()  # no row without its file
    finally:
        storages.failing.clear()


# -- everything that an output names --------------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?:http://localhost)?(/(?:media|documents)/[^\s\"'<>\\?&]+)")


def test_nothing_that_outputs_name_carries_metadata(story, newsroom, api, client, settings):
    image, document = make_image("jpg"), make_document("jpg")
    embed = f'<p>Words.</p><embed embedtype="image" id="{image.pk}" format="fullwidth" alt=""/>'
    link = f'<p><a linktype="document" id="{document.pk}">Download</a></p>'
    block = {"image": image, "alt": "", "caption": "", "credit": "", "licence": ""}
    page = story(
        "Pictured",
        image=image,
        notes_to_editors=link + embed,
        body=[("image", block), ("text", embed), ("document", {"document": document, "title": ""})],
    )
    (item,) = api("items/")["results"]
    paths = [page.url, newsroom.url, "/newsroom/api/v1/items/", f"/newsroom/api/v1/items/{item['id']}/"]
    paths += [f"/newsroom/feeds/news.{form}" for form in ("rss", "atom", "json")]
    paths += ["/newsroom/sitemap-news.xml", "/newsroom/embed/list/?images=yes"]
    named = set()
    for path in paths:
        response = client.get(path, headers={"host": "localhost"})
        text = b"".join(response).decode()
        named |= set(_ADDRESS.findall(text))
    assert len(named) >= 4  # card, picture in the text, picture of the text, document
    assert any(name.startswith("/documents/") for name in named)
    for name in named:
        if name.startswith("/media/"):
            data = (Path(settings.MEDIA_ROOT) / name.removeprefix("/media/")).read_bytes()
        else:
            data = client.get(name, headers={"host": "localhost"}).content
        assert_bare(data)
