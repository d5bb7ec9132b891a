from django.db import migrations, models
from wagtail.search import index


class Migration(migrations.Migration):
    dependencies = [
        ("cpsnews", "0022_searchable_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="state",
            name="search_backend",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("page_pk", models.BigIntegerField(primary_key=True, serialize=False)),
                ("mark", models.CharField(blank=True, default="", max_length=32)),
                ("is_pending", models.BooleanField(default=True)),
                ("claim", models.UUIDField(editable=False, null=True)),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("claimed_mark", models.CharField(blank=True, default="", editable=False, max_length=32)),
            ],
            options={
                "verbose_name": "story in the search backend",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_pending", True)),
                        fields=["page_pk"],
                        name="cpsnews_search_pending",
                    ),
                    models.Index(
                        condition=models.Q(("claim__isnull", False)),
                        fields=["claim"],
                        name="cpsnews_search_claim",
                    ),
                ],
            },
            bases=(index.Indexed, models.Model),
        ),
    ]
