from django.db import migrations, models


def note_empty_catalogue(apps, schema_editor):
    """A catalogue without entries has nothing of an older format."""
    alias = schema_editor.connection.alias
    if not apps.get_model("cpsnews", "Entry").objects.using(alias).exists():
        apps.get_model("cpsnews", "State").objects.using(alias).update(row_format=1)


class Migration(migrations.Migration):
    dependencies = [
        ("cpsnews", "0010_imported_authors"),
    ]

    operations = [
        migrations.AddField(
            model_name="state",
            name="row_format",
            field=models.IntegerField(default=0),
        ),
        migrations.RunPython(note_empty_catalogue, migrations.RunPython.noop),
    ]
