"""``embed/list/``: the frame and the fragment."""

import gzip

import pytest
from django.utils import timezone

LIST = "/newsroom/embed/list/"


@pytest.fixture
def get(client):
    def ask(path=LIST, params=None, method="get", **headers):
        headers.setdefault("host", "localhost")
        return getattr(client, method)(path, params or {}, headers=headers)

    return ask


def test_try(get, story):
    story("A <b>story</b> & more", areas=["wessex"])
    r = get()
    print(r.headers)
    print(r.content.decode())
    r = get(LIST, {"format": "fragment", "area": "nowhere", "x": "1", "theme": "pink"})
    print(r.status_code, r.headers)
    print(r.content.decode())
    for u in ["http://localhost/news/", "http://localhost/news/?area=wessex", "http://localhost/news/a-bstoryb-more/", "http://localhost/newsroom/"]:
      for f in "json", "xml":
        r = get("/newsroom/embed/oembed/", {"url": u, "format": f})
        print(r.status_code, r.content.decode())
    print(get("/news/").content.decode()[:1500])
    print(get("/newsroom/").content.decode()[:1500])
