"""Which of a process's SQL statements are the package's.

Those that its code runs, and those on the catalogue's tables: a statement of Wagtail's on its own tables is Wagtail's,
whatever condition the package adds to it.

A statement of Wagtail's that runs below a method of ours that only extends Wagtail's (a page's ``save()``, a form, a
middleware) is Wagtail's: any page type has it.
"""

import contextlib
import re
import sys
from pathlib import Path

from django.apps import apps
from django.db import connection

import wagtail_cpsnews

HOME = Path(wagtail_cpsnews.__file__).parent

#: What runs requests through: everything that a view does is below it.
MIDDLEWARE = {str(HOME / "middleware.py"), str(HOME / "admin/middleware.py")}

#: The table that a statement is about; a condition may name others.
SUBJECT = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)


@contextlib.contextmanager
def counted():
    """Yield a list that takes each statement of the package as it is run.

    Savepoints included.
    """
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("cpsnews").get_models()
        if "catalogue" in model.__module__
    ]
    tables.append("cpsnews_words")
    found = Statements()

    def note(execute, sql, params, many, context):
        found.all.append(str(sql))
        place = _place_in_the_package()
        subject = SUBJECT.search(str(sql))
        if place or (subject and subject.group(1) in tables):
            found.append(f"{place or 'elsewhere'}: {sql}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


class Statements(list):
    """The package's statements; ``all``: everybody's."""

    def __init__(self):
        super().__init__()
        self.all = []


def _place_in_the_package():
    """Return the module and function that a statement is run from, or None.

    Those of the package.
    """
    frame, inner = sys._getframe(2), None
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(str(HOME)) and code.co_filename not in MIDDLEWARE:
            extends = (
                inner is not None
                and inner.co_name == code.co_name
                and not inner.co_filename.startswith(str(HOME))
            )
            if not extends:
                return f"{Path(code.co_filename).relative_to(HOME)} {code.co_name}()"
        # Wagtail's save() is decorated with transaction.atomic
        decorated = frame.f_locals.get("func") if code.co_filename == contextlib.__file__ else None
        inner = getattr(decorated, "__code__", code)
        frame = frame.f_back
    return None
