"""An import leaves no file in storage that no image has, however a story fails."""

import errno

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError
from django.db.models.signals import post_save, pre_save
from PIL import Image as PILImage
from wagtail.images import get_image_model

from tests.importing import STORY, make_index, run, run_to_error, write
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsItemPage

pytestmark = pytest.mark.django_db
IMAGE = {"image": {"file": "bridge.png"}}


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    PILImage.new("RGB", (300, 200), "red").save(tmp_path / "bridge.png")
    return make_index(settings, tmp_path)


def stored(tmp_path):
    media = tmp_path / "media"
    return sorted(path.name for path in media.rglob("*") if path.is_file()) if media.exists() else []


class Failing:
    """Raise ``error`` when a row of ``model`` is saved.

    Before or after it is written.
    """

    def __init__(self, signal, model, error):
        self.signal, self.model, self.error = signal, model, error

    def __call__(self, **kwargs):
        raise self.error

    def __enter__(self):
        self.signal.connect(self, sender=self.model)

    def __exit__(self, *args):
        self.signal.disconnect(self, sender=self.model)


@pytest.mark.parametrize(
    "model", [get_image_model(), NewsItemPage, ImportedStory], ids=lambda model: model.__name__
)
@pytest.mark.parametrize("signal", [pre_save, post_save], ids=["before", "after"])
@pytest.mark.parametrize("error", [IntegrityError("no"), KeyboardInterrupt()], ids=["an error", "a signal"])
def test_a_row_that_fails_leaves_no_file(tmp_path, model, signal, error):
    path = write(tmp_path / "a.jsonl", STORY | IMAGE)
    with Failing(signal, model, error):
        if isinstance(error, KeyboardInterrupt):
            with pytest.raises(KeyboardInterrupt):
                run(path)
        else:
            assert "failed: a.jsonl, line 1" in run_to_error(path)
    assert stored(tmp_path) == []
    assert not get_image_model().objects.exists()
    assert "1 made" in run(path)
    assert stored(tmp_path) == ["bridge.png"]


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path, monkeypatch):
    write_all = FileSystemStorage._save

    class Full:
        """Content of which the disk takes the first bytes only."""

        def __init__(self, content):
            self.content = content

        def chunks(self):
            self.content.seek(0)
            yield self.content.read(100)
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(
        FileSystemStorage, "_save", lambda self, name, content: write_all(self, name, Full(content))
    )
    path = write(tmp_path / "a.jsonl", STORY | IMAGE, STORY | {"id": "2"})
    text = run_to_error(path)
    assert "No space left on device" in text
    assert "1 made" in text
    assert stored(tmp_path) == []
    monkeypatch.undo()
    assert "1 made, 0 changed, 1 unchanged" in run(path)
    assert stored(tmp_path) == ["bridge.png"]


def test_another_images_file_is_left(tmp_path):
    path = write(tmp_path / "a.jsonl", STORY | IMAGE)
    run(path)
    PILImage.new("RGB", (300, 200), "blue").save(tmp_path / "bridge.png")
    with Failing(post_save, get_image_model(), IntegrityError("no")):
        run_to_error(path)
    assert stored(tmp_path) == ["bridge.png"]
    with get_image_model().objects.get().file.open() as file:
        assert PILImage.open(file).getpixel((0, 0)) == (255, 0, 0)


def test_a_dry_run_writes_no_file(tmp_path):
    path = write(tmp_path / "a.jsonl", STORY | IMAGE, STORY | IMAGE | {"id": "2", "title": "Another"})
    assert "2 made" in run(path, "--dry-run")
    with Failing(pre_save, get_image_model(), AssertionError("a picture is saved")):
        assert "2 made" in run(path, "--dry-run")
    assert stored(tmp_path) == []
