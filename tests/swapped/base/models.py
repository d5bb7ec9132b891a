from django.db import models
from wagtail.models import AbstractPage


class BasePage(AbstractPage):
    """The project's own base page, in place of Wagtail's."""

    importance = models.CharField(max_length=20, blank=True)
