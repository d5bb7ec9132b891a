"""The test site as a WSGI application whose answers name their process: for web servers that tests start."""

import os

from django.core.wsgi import get_wsgi_application

_site = get_wsgi_application()


def application(environ, start_response):
    """Answer as the site does, with the process's number in ``X-Process``."""

    def start(status, headers, *args):
        return start_response(status, [*headers, ("X-Process", str(os.getpid()))], *args)

    return _site(environ, start)
