"""What the admin pages of all domains share: amounts, deleted rows, logs that are only read, and
whom they show.
"""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils.translation import ngettext

from kernel.audit import personal_columns
from kernel.encryption import BlindIndexField
from kernel.errors import NotAllowed, NotFound
from kernel.money import Money, MoneyField

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Only the type checker knows these as generic.
    ModelForm, ModelAdmin = forms.ModelForm, admin.ModelAdmin
    TabularInline = admin.TabularInline


def look_at(request: HttpRequest, rows: Iterable[models.Model]) -> None:
    """Remember that a page shows rows, where somebody's own columns are among theirs."""
    seen = [row for row in rows if row.pk and personal_columns(row)]
    request.__dict__.setdefault("_looked_at", {}).update(
        {(row._meta.label, row.pk): row for row in seen}
    )


def looked_at(request: HttpRequest) -> list[models.Model]:
    """The rows with somebody's own columns that a page has shown."""
    return list(request.__dict__.get("_looked_at", {}).values())


def folded(*fields: Any) -> Any:
    """The part of a page that is opened on demand."""
    return "Row", {"classes": ("collapse",), "fields": fields}


def act(page: Any, request: HttpRequest, rows: Any, service: Callable[[Any], object]) -> None:
    """Call a service for each of the chosen rows, in a transaction of its own, and tell of those
    that it refused.
    """
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                service(row)
            done += 1
        except (ValidationError, NotAllowed, NotFound) as refusal:
            # By its text, for some messages have blanks that are filled in.
            told = refusal.messages[0] if isinstance(refusal, ValidationError) else refusal
            page.message_user(request, f"{row}: {told}", messages.ERROR)
    page.message_user(request, f"Done: {done}.", messages.SUCCESS)


class AmountField(forms.DecimalField):
    """An amount in major units; the form knows the currency."""

    def prepare_value(self, value: Any) -> Any:
        """The amount of Money; what was typed, as it is."""
        return value.amount if isinstance(value, Money) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another amount was typed."""
        return super().has_changed(self.prepare_value(initial), data)


class MoneyForm(ModelForm):
    """A form whose amounts become Money in the row's currency."""

    def clean(self) -> dict[str, Any]:
        """Read the amounts; an error stands at the field of the one that is none."""
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name, field in self.fields.items() if isinstance(field, AmountField)]:
            if cleaned.get(name) is not None:
                try:
                    cleaned[name] = Money.parse(cleaned[name], self._currency(name, cleaned))
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def _currency(self, name: str, cleaned: dict[str, Any]) -> str:
        field = self._meta.model._meta.get_field(name)
        assert isinstance(field, MoneyField)
        return cleaned.get(field.currency or "") or field.currency_of(self.instance)


class RowAdmin(ModelAdmin):
    """A page of rows: amounts are readable, related rows are looked up, times are shown.

    ``list_select_related`` serves the list, the look-ups of other pages, and the change page.
    """

    form: Any = MoneyForm
    formfield_overrides: ClassVar[Any] = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        models.JSONField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }
    list_per_page = 50
    show_full_result_count = False
    ordering: ClassVar[Any] = ("-pk",)
    list_select_related: ClassVar[tuple[str, ...]] = ()
    #: Which fields stand together on the page, below which words.
    sections: ClassVar[dict[str, tuple[str, ...]]] = {}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """All rows with what their lists name."""
        queryset = super().get_queryset(request)
        related = self.list_select_related
        return queryset.select_related(*related) if related else queryset

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Every relation: a list of all rows to choose from would not end."""
        options = self.model._meta
        return [
            field.name
            for field in [*options.fields, *options.many_to_many]
            if field.remote_field and self.admin_site.is_registered(field.remote_field.model)
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What the page names, and the columns that nobody types."""
        return [*dict.fromkeys([*super().get_readonly_fields(request, obj), *self._stamps()])]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the page says, its sections, and folded below, the columns that nobody types."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if self.fieldsets or self.fields:
            return fieldsets
        (title, options), stamps = fieldsets[0], self._stamps()
        kept = [name for name in options["fields"] if name not in stamps]
        taken = set(chain.from_iterable(self.sections.values()))
        parts = [(title, [name for name in kept if name not in taken])]
        for words, names in self.sections.items():
            parts.append((words, [name for name in names if name in kept]))
        found: list[Any] = [(words, {"fields": names}) for words, names in parts if names]
        return [*found, folded(*stamps)] if obj else found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All fields, on the page of a new row without those that it has not yet."""
        fields = super().get_fields(request, obj)
        if obj is not None:
            return fields
        return [name for name in fields if name not in self._stamps()]

    def _stamps(self) -> list[str]:
        return [
            field.name
            for field in self.model._meta.fields
            if not field.editable and not isinstance(field, BlindIndexField)
        ]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """An amount for money, else Django's own."""
        if isinstance(db_field, MoneyField):
            return AmountField(
                label=str(db_field.verbose_name).capitalize(),
                help_text=db_field.help_text,
                required=not db_field.blank,
            )
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if found is not None and isinstance(found.widget, RelatedFieldWidgetWrapper):
            found.widget.can_delete_related = False
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, whose rows were looked at once they stand on it."""
        response = super().changelist_view(request, extra_context)
        shown_list = (getattr(response, "context_data", None) or {}).get("cl")
        if shown_list is not None:
            look_at(request, shown_list.result_list)
        return response

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """The page of a row, which was looked at then, and so were those of its parts."""
        row = context.get("original")
        parts = (part.formset.queryset for part in context["inline_admin_formsets"])
        look_at(request, [*([row] if row else []), *chain.from_iterable(parts)])
        return super().render_change_form(request, context, *args, **kwargs)


class PartInline(TabularInline):
    """Rows on the page of what they are part of, to be read; their own pages are linked."""

    extra = max_num = 0
    can_delete = False
    show_change_link = True
    ordering: ClassVar[Any] = ("created_at", "pk")
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The rows with what they name."""
        queryset = super().get_queryset(request)
        return queryset.select_related(*self.related) if self.related else queryset


class ReadOnlyAdmin(RowAdmin):
    """Rows that are a record of what happened."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class DeletedFilter(admin.SimpleListFilter):
    """Hides deleted rows unless they are asked for."""

    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices beside the default."""
        return [("yes", "Deleted"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """The same with another name for the default."""
        default, *others = super().choices(changelist)
        return [{**default, "display": "Not deleted"}, *others]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """The rows of a choice."""
        if self.value() == "all":
            return queryset
        return queryset.filter(is_deleted=self.value() == "yes")


class SoftDeleteAdmin(RowAdmin):
    """Rows that are hidden when deleted, and can be brought back."""

    actions: Any = ("restore_rows",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """All rows, but the deleted ones where a related row is looked up."""
        manager: Any = self.model._default_manager
        queryset = manager.all_with_deleted().order_by(*self.get_ordering(request))
        if self.list_select_related:
            queryset = queryset.select_related(*self.list_select_related)
        match = request.resolver_match
        looked_up = match is not None and match.url_name == "autocomplete"
        found: models.QuerySet[Any] = queryset.active_only() if looked_up else queryset
        return found

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """The page's own, and whether a row is deleted."""
        return [DeletedFilter, *super().get_list_filter(request)]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a deletion takes: the rows, whose cascade comes back with them, and nothing else."""
        name = str(self.model._meta.verbose_name_plural)
        return [str(row) for row in objs], {name: len(objs)}, set(), []

    @admin.action(description="Restore the chosen rows", permissions=["change"])
    def restore_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Bring back deleted rows with all that their deletion took."""
        try:
            with transaction.atomic():
                count = queryset.bulk_restore()
        except IntegrityError:
            self.message_user(
                request, "A row that took its place stands in the way.", messages.ERROR
            )
            return
        told = ngettext("%d row was restored.", "%d rows were restored.", count) % count
        self.message_user(request, told, messages.SUCCESS)


def shown(label: str, path: str) -> Callable[[Any], Any]:
    """A column of a list that is read from a related row, such as ``order.city``."""

    @admin.display(description=label, ordering=path.replace(".", "__"))
    def column(row: Any) -> Any:
        for name in path.split("."):
            row = None if row is None else getattr(row, name)
        return row

    return column
