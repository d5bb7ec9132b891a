"""For data migrations that rewrite blocks.

The package's stream fields leave their block list out of migrations.
"""

from __future__ import annotations

from typing import Any

from django.db import models


def stream_block(model: type[models.Model], field: str) -> Any:
    """Return the block definition of a stream field as it is now.

    To give to Wagtail's ``MigrateStreamData`` operations.

    model: the concrete page class (not the historical one); field: such as ``"body"``.
    """
    return model._meta.get_field(field).stream_block  # type: ignore[union-attr]
