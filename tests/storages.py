"""Media storages that behave as others do.

Signed addresses, full disks, services that are away.
"""

import errno
import itertools

from django.core.files.storage import FileSystemStorage, Storage

#: What fails now: any of "save", "open", "url", "exists", "delete". Emptied after each test that uses the storage.
failing = set()

_signatures = itertools.count(1)


def _fail(what):
    if what in failing:
        raise OSError(errno.ENOSPC, "No space left on device")


class FailingStorage(FileSystemStorage):
    """A disk on which what ``failing`` names fails."""

    def _save(self, name, content):
        _fail("save")
        return super()._save(name, content)

    def _open(self, name, mode="rb"):
        _fail("open")
        return super()._open(name, mode)

    def url(self, name):
        _fail("url")
        return super().url(name)

    def exists(self, name):
        _fail("exists")
        return super().exists(name)

    def delete(self, name):
        _fail("delete")
        return super().delete(name)


class SignedStorage(Storage):
    """A service elsewhere: no paths, and each address is signed for a while."""

    def __init__(self):
        self._disk = FailingStorage()

    def _save(self, name, content):
        return self._disk._save(name, content)

    def _open(self, name, mode="rb"):
        return self._disk._open(name, mode)

    def exists(self, name):
        return self._disk.exists(name)

    def delete(self, name):
        return self._disk.delete(name)

    def size(self, name):
        return self._disk.size(name)

    def url(self, name):
        _fail("url")
        return f"https://media.example/{name}?signature={next(_signatures)}"


def use(settings, name):
    """Makes a class of this file the storage of media."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"tests.storages.{name}"}}
