"""System checks of the models that hold the terms of taxonomies."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from ..registry import OWN
from .models import Term


@register()
def check_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that each of the host's own taxonomies has its model.

    Installed, and made for it.
    """
    messages: list[CheckMessage] = []
    for taxonomy in OWN:
        where = f"WAGTAIL_CPSNEWS['TAXONOMIES'][{taxonomy.name!r}]"
        try:
            model = apps.get_model(taxonomy.model)
        except LookupError:
            text = f"{where}: there is no model {taxonomy.model!r}."
            hint = "Add its app to INSTALLED_APPS and write the model as 'app.Model'."
            messages.append(Error(text, hint=hint, id="cpsnews.E057"))
            continue
        if not issubclass(model, Term):
            text = f"{where}: {taxonomy.model!r} is not based on Term."
            hint = "Make it a subclass of wagtail_cpsnews.taxonomy.models.Term."
            messages.append(Error(text, hint=hint, obj=model, id="cpsnews.E058"))
        elif model.taxonomy != taxonomy.name:
            text = f"{where}: {taxonomy.model!r} has taxonomy = {model.taxonomy!r}."
            hint = f"Write taxonomy = {taxonomy.name!r} in the class."
            messages.append(Error(text, hint=hint, obj=model, id="cpsnews.E059"))
    return messages
