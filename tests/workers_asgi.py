"""The test site as an ASGI application whose answers name their process: for web servers that tests start."""

import os

from django.core.asgi import get_asgi_application

_site = get_asgi_application()
_NAME = b"X-Process", str(os.getpid()).encode()


async def application(scope, receive, send):
    """Answer as the site does, with the process's number in ``X-Process``."""

    async def send_named(message):
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _NAME]}
        await send(message)

    await _site(scope, receive, send_named)
