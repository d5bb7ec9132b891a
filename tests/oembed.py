"""Questions to the oEmbed endpoint."""

import pytest

OEMBED = "/newsroom/embed/oembed/"


HEADLINE = "Fly-tipper fined"


@pytest.fixture
def ask(client):
    """A function that asks about an address: ``ask("http://localhost/news/", 200)``."""

    def asked(url, status=200, host="localhost", **params):
        response = client.get(OEMBED, {"url": url, **params}, headers={"host": host})
        assert response.status_code == status, (url, response.content)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        return response.json() if "json" in response.headers["Content-Type"] else response.content

    return asked
