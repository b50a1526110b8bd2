"""What handlers did."""

from django.db import models


class Effect(models.Model):
    """Something that a handler did. Nothing is unique here, so that a double is seen."""

    what = models.CharField(max_length=100)

    class Meta:
        app_label = "faults"

    def __str__(self) -> str:
        return self.what
