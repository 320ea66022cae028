from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0004_set_aside")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="second_factor_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
