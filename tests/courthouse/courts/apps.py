from django.apps import AppConfig


class CourtsConfig(AppConfig):
    name = "courts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail_cpsnews.catalogue import Adapter, PublicFacts, register

        from .models import Ruling

        @register(Ruling)
        class RulingFacts(Adapter):
            extra_fields = {"judge": {"type": "string", "description": "Who sat."}}

            def facts(self, page):
                return PublicFacts(
                    title=page.title,
                    published=page.first_published_at,
                    body=page.text,
                    extra={"judge": "HHJ Example", "undeclared": 1},
                    terms={"court": [page.heard_at] if page.heard_at else ["Hull Combined Court"]},
                )
