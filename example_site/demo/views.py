"""The start page: what the example shows, and whom to log in as."""

from typing import Any

from django.conf import settings
from django.views.generic import TemplateView

from .people import ADMINISTRATOR, EDITOR, PRESS_OFFICER


class StartView(TemplateView):
    template_name = "demo/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            press_officer=PRESS_OFFICER.login,
            editor=EDITOR.login,
            administrator=ADMINISTRATOR,
            partner_url=f"http://localhost:{settings.PORT + 1}/",
            **kwargs,
        )
