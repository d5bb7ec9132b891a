from django.db import migrations


class Migration(migrations.Migration):
    """A new name for the model; its table keeps the old one."""

    dependencies = [("cpsnews", "0014_state_rest_worked_at")]

    operations = [
        migrations.AlterModelTable(name="mark", table="cpsnews_mark"),
        migrations.RenameModel(old_name="Mark", new_name="Invalidation"),
    ]
