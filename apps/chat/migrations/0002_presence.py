"""Who closed a room is away at once, and keeps when they were last seen."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='chatparticipant',
            name='is_away',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether they closed the room when they were last seen.'),
        ),
    ]
