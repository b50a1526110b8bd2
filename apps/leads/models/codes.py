"""Codes that show that somebody who asks can be reached."""

from typing import Any, ClassVar

from django.db import models

from apps.leads.models.leads import Lead
from kernel.encryption import BlindIndexField, EncryptedTextField
from kernel.models import AbstractTimestampedModel, BaseQuerySet


class LeadVerificationCode(AbstractTimestampedModel):
    """A code that was texted to the phone of a lead. Only its hash is kept."""

    lead = models.ForeignKey(
        Lead,
        models.CASCADE,
        related_name="codes",
        db_index=False,  # A wider index below begins with it.
        help_text="What it confirms.",
    )
    phone_number = EncryptedTextField(help_text="In E.164 form.")
    phone_number_index = BlindIndexField(source="phone_number")
    code_hash = models.CharField(max_length=64, help_text="A keyed digest of it.")
    expires_at = models.DateTimeField(help_text="When it is good no more.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was tried.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the right code came back."
    )
    #: What became of the text message is read beside it.
    message = models.ForeignKey(
        "core.OutboundMessage",
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="What carried it.",
    )

    objects: ClassVar[Any] = BaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["lead", "-created_at", "-id"], name="lead_code_newest")]

    def __str__(self) -> str:
        return f"for {self.lead_id}"
