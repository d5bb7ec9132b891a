from django.db import migrations, models
from wagtail.images import get_image_model_string


def project_stories_with_images_again(apps, schema_editor):
    """Project stories with images again.

    Existing rows keep the address of a rendition, which may say where a picture was taken.
    """
    alias = schema_editor.connection.alias
    uses = apps.get_model("cpsnews", "EntryUse").objects.using(alias)
    Mark = apps.get_model("cpsnews", "Mark")
    pages = (
        uses.filter(subject__startswith=f"{get_image_model_string().lower()}:", entry__public=True)
        .order_by()
        .values_list("entry__page_pk", flat=True)
        .distinct()
    )
    Mark.objects.using(alias).bulk_create(
        [Mark(scope="page", subject=str(pk)) for pk in pages], batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("cpsnews", "0006_imported_story_sources")]

    operations = [
        migrations.CreateModel(
            name="Retry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page_pk", models.BigIntegerField(unique=True)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(project_stories_with_images_again, migrations.RunPython.noop, elidable=True),
    ]
