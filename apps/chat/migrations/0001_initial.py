"""Rooms and messages.

The extension is trusted: the owner of a database may make it. Words are found within rooms by it.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import kernel.clock
import kernel.ids
import kernel.storage
from django.conf import settings
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models

# Rows that each message changes have room for their next versions on their page.
FILL = [f"ALTER TABLE chat_{table} SET (fillfactor = 70)" for table in ("chatroom", "chatparticipant")]
FILL_BACK = [f"ALTER TABLE chat_{table} RESET (fillfactor)" for table in ("chatroom", "chatparticipant")]


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('leads', '0001_initial'),
        ('orders', '0003_marketplace'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGinExtension(),
        migrations.CreateModel(
            name='ChatTemplate',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('is_deleted', models.BooleanField(default=False, editable=False, help_text='Whether it was deleted.')),
                ('deleted_at', models.DateTimeField(editable=False, help_text='When it was deleted.', null=True)),
                ('restored_at', models.DateTimeField(editable=False, help_text='When it was last brought back.', null=True)),
                ('deletion_batch', models.UUIDField(editable=False, null=True)),
                ('name', models.CharField(help_text='What it is called.', max_length=80)),
                ('category', models.CharField(blank=True, help_text='What it is for.', max_length=60)),
                ('subject', models.CharField(blank=True, help_text='What it says, in a line.', max_length=120)),
                ('content', models.TextField(help_text='What it says; blanks are written as {{name}}.', validators=[django.core.validators.MaxLengthValidator(5000)])),
                ('variables', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='The names of its blanks.', size=None)),
                ('is_active', models.BooleanField(default=True, help_text='Whether it is offered.')),
                ('usage_count', models.PositiveIntegerField(default=0, help_text='How often it was sent.')),
            ],
        ),
        migrations.CreateModel(
            name='ChatMessage',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('is_deleted', models.BooleanField(default=False, editable=False, help_text='Whether it was deleted.')),
                ('deleted_at', models.DateTimeField(editable=False, help_text='When it was deleted.', null=True)),
                ('restored_at', models.DateTimeField(editable=False, help_text='When it was last brought back.', null=True)),
                ('deletion_batch', models.UUIDField(editable=False, null=True)),
                ('number', models.PositiveIntegerField(help_text='Its place in the room: 1, 2, 3 and so on.')),
                ('message_type', models.CharField(choices=[('TEXT', 'Text'), ('IMAGE', 'Image'), ('FILE', 'File'), ('LOCATION', 'Location'), ('SYSTEM', 'System'), ('TEMPLATE', 'Template')], default='TEXT', help_text='What kind of message it is.', max_length=8)),
                ('content', models.TextField(blank=True, help_text='What is said.')),
                ('attachment_url', models.FileField(blank=True, help_text='The file sent with it.', storage=kernel.storage.private_storage, upload_to='chat/')),
                ('attachment_name', models.CharField(blank=True, help_text='What its sender calls the file.', max_length=200)),
                ('attachment_size', models.PositiveIntegerField(blank=True, help_text="The file's length in bytes.", null=True)),
                ('attachment_type', models.CharField(blank=True, help_text='What kind of file it is.', max_length=60)),
                ('latitude', models.FloatField(blank=True, help_text='Degrees north of a place.', null=True)),
                ('longitude', models.FloatField(blank=True, help_text='Degrees east of a place.', null=True)),
                ('client_id', models.CharField(blank=True, help_text="The sender's own name for it, by which sending it again is known.", max_length=64)),
                ('edited_at', models.DateTimeField(blank=True, help_text='When its words were last changed.', null=True)),
                ('words', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('content', models.Func(models.F('attachment_name'), models.Value('._-'), models.Value('   '), function='translate'), config='simple'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('reply_to', models.ForeignKey(blank=True, db_index=False, help_text='The message that it answers.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='chat.chatmessage')),
                ('sender', models.ForeignKey(blank=True, help_text='Who said it; null for the platform.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='chat_messages', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ChatMessageEdit',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('content', models.TextField(help_text='What it said before.')),
                ('message', models.ForeignKey(help_text='What was changed.', on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='chat.chatmessage')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChatNotification',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('notification_type', models.CharField(choices=[('MESSAGE', 'Message'), ('REPLY', 'Reply'), ('ADDED', 'Added')], default='MESSAGE', help_text='What happened.', max_length=7)),
                ('is_read', models.BooleanField(default=False, help_text='Whether it was read.')),
                ('read_at', models.DateTimeField(blank=True, help_text='When it was.', null=True)),
                ('sent_via', models.CharField(choices=[('IN_APP', 'In App')], default='IN_APP', help_text='How it was sent.', max_length=6)),
                ('message', models.ForeignKey(blank=True, help_text='The first message that was missed; null where one was added to the room.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='chat.chatmessage')),
                ('user', models.ForeignKey(db_index=False, help_text='Who is told.', on_delete=django.db.models.deletion.CASCADE, related_name='chat_notifications', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ChatParticipant',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('role', models.CharField(choices=[('OWNER', 'Owner'), ('MEMBER', 'Member'), ('AGENT', 'Agent')], default='MEMBER', help_text='What they may do there.', max_length=6)),
                ('joined_at', models.DateTimeField(default=kernel.clock.now, help_text='Since when they take part.')),
                ('left_at', models.DateTimeField(blank=True, help_text='When they left.', null=True)),
                ('blocked_at', models.DateTimeField(blank=True, help_text='Since when they read, and may not write.', null=True)),
                ('read_number', models.PositiveIntegerField(default=0, help_text='The number of the last message that they have read.')),
                ('read_at', models.DateTimeField(blank=True, help_text='When they read it.', null=True)),
                ('delivered_number', models.PositiveIntegerField(default=0, help_text='The number of the last message that reached them.')),
                ('delivered_at', models.DateTimeField(blank=True, help_text='When it did.', null=True)),
                ('unread_count', models.PositiveIntegerField(default=0, help_text='Messages of others that they have not read.')),
                ('notifications_enabled', models.BooleanField(default=True, help_text='Whether they are told of messages.')),
                ('mute_until', models.DateTimeField(blank=True, help_text='Until when they are not told of messages.', null=True)),
                ('last_seen', models.DateTimeField(blank=True, help_text='When they last had the room open.', null=True)),
                ('user', models.ForeignKey(db_index=False, help_text='Who.', on_delete=django.db.models.deletion.CASCADE, related_name='chat_participations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ChatReport',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('reason', models.CharField(choices=[('SPAM', 'Spam'), ('SCAM', 'Scam'), ('HARASSMENT', 'Harassment'), ('INAPPROPRIATE', 'Inappropriate'), ('OTHER', 'Other')], help_text='What is wrong with it.', max_length=13)),
                ('description', models.TextField(blank=True, help_text='What is said about it.', validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('evidence', models.JSONField(blank=True, default=dict, help_text='The message as it stood when it was reported.')),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('UPHELD', 'Upheld'), ('DISMISSED', 'Dismissed')], default='OPEN', help_text='Where it stands.', max_length=9)),
                ('admin_notes', models.TextField(blank=True, help_text='What staff noted; for staff alone.')),
                ('resolved_at', models.DateTimeField(blank=True, help_text='When it was decided.', null=True)),
                ('action_taken', models.CharField(choices=[('NONE', 'None'), ('MESSAGE_DELETED', 'Message Deleted'), ('PARTICIPANT_BLOCKED', 'Participant Blocked'), ('USER_BLOCKED', 'User Blocked')], default='NONE', help_text='What was done about it.', max_length=19)),
                ('message', models.ForeignKey(db_index=False, help_text='What is reported; null once it is gone for good.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='chat.chatmessage')),
                ('reporter', models.ForeignKey(help_text='Who reports it.', on_delete=django.db.models.deletion.PROTECT, related_name='chat_reports', to=settings.AUTH_USER_MODEL)),
                ('resolved_by', models.ForeignKey(blank=True, help_text='Who decided it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ChatRoom',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was made.')),
                ('updated_at', models.DateTimeField(default=kernel.clock.now, editable=False, help_text='When it was last changed.')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Raised by each change.')),
                ('is_deleted', models.BooleanField(default=False, editable=False, help_text='Whether it was deleted.')),
                ('deleted_at', models.DateTimeField(editable=False, help_text='When it was deleted.', null=True)),
                ('restored_at', models.DateTimeField(editable=False, help_text='When it was last brought back.', null=True)),
                ('deletion_batch', models.UUIDField(editable=False, null=True)),
                ('chat_type', models.CharField(choices=[('ORDER', 'Order'), ('LEAD', 'Lead'), ('DIRECT', 'Direct'), ('SUPPORT', 'Support'), ('GROUP', 'Group')], help_text='What kind of room it is.', max_length=7)),
                ('title', models.CharField(blank=True, help_text='What it is called.', max_length=120)),
                ('is_active', models.BooleanField(default=True, help_text='Whether messages can be sent.')),
                ('last_message_at', models.DateTimeField(blank=True, help_text='When something was last said.', null=True)),
                ('last_number', models.PositiveIntegerField(default=0, help_text='The number of its newest message; 0 where there is none.')),
                ('identity', models.TextField(blank=True, editable=False, help_text='What makes it the one room of its kind.', null=True)),
                ('created_by', models.ForeignKey(blank=True, help_text='Who opened it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='chatroom',
            name='lead_assignment',
            field=models.ForeignKey(blank=True, help_text="The lead in a provider's hands that it is about.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='chat_rooms', to='leads.leadassignment'),
        ),
        migrations.AddField(
            model_name='chatroom',
            name='order',
            field=models.ForeignKey(blank=True, help_text='The order that it is about.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='chat_rooms', to='orders.order'),
        ),
        migrations.AddField(
            model_name='chatroom',
            name='participants',
            field=models.ManyToManyField(help_text='Who takes part, or did.', related_name='chat_rooms', through='chat.ChatParticipant', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='chatparticipant',
            name='room',
            field=models.ForeignKey(db_index=False, help_text='Where.', on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='chat.chatroom'),
        ),
        migrations.AddField(
            model_name='chatnotification',
            name='room',
            field=models.ForeignKey(help_text='Of which room.', on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='chat.chatroom'),
        ),
        migrations.AddField(
            model_name='chatmessage',
            name='room',
            field=models.ForeignKey(db_index=False, help_text='Where it was said.', on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='chat.chatroom'),
        ),
        migrations.AddConstraint(
            model_name='chattemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('is_deleted', False)), fields=('name',), name='chat_template_name', violation_error_code='name_taken', violation_error_message='There is a template of that name.'),
        ),
        migrations.AddField(
            model_name='chatmessage',
            name='template',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The template that it was made from.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='chat.chattemplate'),
        ),
        migrations.AddIndex(
            model_name='chatreport',
            index=models.Index(fields=['status', 'created_at'], name='chat_report_queue'),
        ),
        migrations.AddConstraint(
            model_name='chatreport',
            constraint=models.UniqueConstraint(fields=('message', 'reporter'), name='chat_report_once', violation_error_code='already_reported', violation_error_message='You have reported this message.'),
        ),
        migrations.AddConstraint(
            model_name='chatreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at', None), ('status', 'OPEN')), models.Q(models.Q(('status', 'OPEN'), _negated=True), ('resolved_at__isnull', False)), _connector='OR'), name='chat_report_resolved'),
        ),
        migrations.AddIndex(
            model_name='chatroom',
            index=models.Index(fields=['-created_at', 'id'], name='chat_room_newest'),
        ),
        migrations.AddConstraint(
            model_name='chatroom',
            constraint=models.UniqueConstraint(condition=models.Q(('is_deleted', False)), fields=('identity',), name='chat_room_identity', violation_error_code='room_exists', violation_error_message='There is such a room already.'),
        ),
        migrations.AddConstraint(
            model_name='chatroom',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('chat_type', 'ORDER'), ('lead_assignment', None), ('order__isnull', False)), models.Q(('chat_type', 'LEAD'), ('lead_assignment__isnull', False), ('order', None)), models.Q(('chat_type__in', ['DIRECT', 'SUPPORT', 'GROUP']), ('lead_assignment', None), ('order', None)), _connector='OR'), name='chat_room_subject'),
        ),
        migrations.AddConstraint(
            model_name='chatroom',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('chat_type', 'GROUP'), ('identity', None)), models.Q(models.Q(('chat_type', 'GROUP'), _negated=True), ('identity__isnull', False)), _connector='OR'), name='chat_room_identified'),
        ),
        migrations.AddIndex(
            model_name='chatparticipant',
            index=models.Index(fields=['user', 'room'], name='chat_participant_user'),
        ),
        migrations.AddConstraint(
            model_name='chatparticipant',
            constraint=models.UniqueConstraint(fields=('room', 'user'), name='chat_participant_once', violation_error_code='already_participant', violation_error_message='The user is in the room already.'),
        ),
        migrations.AddConstraint(
            model_name='chatparticipant',
            constraint=models.CheckConstraint(condition=models.Q(('read_number__lte', models.F('delivered_number'))), name='chat_participant_delivered'),
        ),
        migrations.AddConstraint(
            model_name='chatparticipant',
            constraint=models.CheckConstraint(condition=models.Q(('unread_count__gte', 0)), name='chat_participant_unread'),
        ),
        migrations.AddIndex(
            model_name='chatnotification',
            index=models.Index(fields=['user', '-created_at'], name='chat_notification_newest'),
        ),
        migrations.AddConstraint(
            model_name='chatnotification',
            constraint=models.UniqueConstraint(condition=models.Q(('is_read', False)), fields=('user', 'room'), name='chat_notification_unread_once'),
        ),
        migrations.AddIndex(
            model_name='chatmessage',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('is_deleted', False)), fields=['room', 'words'], name='chat_message_words'),
        ),
        migrations.AddIndex(
            model_name='chatmessage',
            index=models.Index(condition=models.Q(('reply_to__isnull', False)), fields=['reply_to'], name='chat_message_reply'),
        ),
        migrations.AddIndex(
            model_name='chatmessage',
            index=models.Index(condition=models.Q(('template__isnull', False)), fields=['template'], name='chat_message_template'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.UniqueConstraint(fields=('room', 'number'), name='chat_message_number'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('client_id', ''), _negated=True), fields=('room', 'sender', 'client_id'), name='chat_message_client_id'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length(models.F('content')), 20000), name='chat_message_content', violation_error_code='message_too_long', violation_error_message='A message has 20,000 characters at most.'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.CheckConstraint(condition=models.Q(('sender__isnull', False), ('message_type', 'SYSTEM'), _connector='OR'), name='chat_message_sender'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.CheckConstraint(condition=models.Q(('latitude', None), ('message_type', 'LOCATION'), _connector='OR'), name='chat_message_location'),
        ),
        migrations.AddConstraint(
            model_name='chatmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', False), ('longitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), models.Q(('latitude', None), ('longitude', None)), _connector='OR'), name='chat_message_place', violation_error_code='invalid_place', violation_error_message='These are no coordinates on Earth.'),
        ),
        migrations.RunSQL(FILL, FILL_BACK),
    ]
