"""What outputs need to know about the pages that they lead to.

``frontend.index`` and ``press_office`` have the pages themselves.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest

from ..catalogue.public_links import PublicLinks
from ..catalogue.query import Query


class NewsIndex(models.Model):
    """A page that lists stories. Use ``NewsIndexMixin``, which is one."""

    #: Stories below find their list by this.
    is_news_index: ClassVar[bool] = True

    #: Parameters of the host project's own that its templates or middleware read: ``("preview_theme",)``.
    ignored_parameters: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def get_query(self) -> Query:
        """Override this to say which stories the page lists."""
        raise NotImplementedError

    def get_public_data(
        self, lang: str, request: HttpRequest, links: PublicLinks | None = None
    ) -> dict[str, Any]:
        """Override this to return what the page shows around its list.

        The values are plain JSON.
        """
        raise NotImplementedError


class PressOffice(models.Model):
    """A page for journalists. Use ``PressOfficeMixin``, which is one."""

    class Meta:
        abstract = True
