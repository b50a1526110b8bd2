"""Users, profiles and sessions in the admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from apps.accounts.models import ClientProfile, Session, User, UserProfile
from kernel.admin import ReadOnlyAdmin, SoftDeleteAdmin, folded, shown

if TYPE_CHECKING:
    CreationForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
    BaseUserAdmin = DjangoUserAdmin[User]
else:
    # Only the type checker knows these as generic.
    CreationForm, ChangeForm, BaseUserAdmin = AdminUserCreationForm, UserChangeForm, DjangoUserAdmin

PERMISSIONS = ("is_staff", "is_superuser", "groups", "user_permissions")
STAMPS = (
    "id",
    "version",
    "last_login",
    ("created_at", "updated_at"),
    ("is_deleted", "deleted_at", "restored_at"),
)


class NewUserForm(CreationForm):
    """Makes a user by email."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """The address in small letters, as sign-in looks for it."""
        email: str = self.cleaned_data["email"].lower()
        return email


class UserForm(ChangeForm):
    """Changes a user."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, type[forms.Field]] = {}

    clean_email = NewUserForm.clean_email


@admin.register(User)
class UserAdmin(SoftDeleteAdmin, BaseUserAdmin):
    """Those with an account."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "name", "user_type", "is_staff", "blocked", "created_at")
    list_filter = ("user_type", "is_staff", "is_superuser", "blocked", "is_email_verified")
    search_fields = ("email", "name", "first_name", "last_name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    filter_horizontal = ()
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": ("email", "password", "user_type", "is_email_verified", "blocked")}),
        ("Person", {"fields": ("first_name", "last_name", "name", "description", "photo")}),
        ("Activity", {"fields": ("points", "day_streak", "max_day_streak", "friends")}),
        ("Rights", {"fields": PERMISSIONS}),
        folded("firebase_user_id", *STAMPS),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )


@admin.register(UserProfile)
class UserProfileAdmin(SoftDeleteAdmin):
    """What users tell of themselves."""

    list_display = (
        "user",
        shown("name", "user.name"),
        "city",
        "country",
        "phone_number",
        "is_verified",
    )
    list_filter = ("country", "city", "is_verified", "is_phone_verified")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "phone_number", "city")


@admin.register(ClientProfile)
class ClientProfileAdmin(SoftDeleteAdmin):
    """Users as those who ask for work; their figures are counted by services."""

    figures: Any = ("total_orders", "completed_orders", "cancelled_orders")
    list_display = ("user_profile", shown("name", "user_profile.user.name"), *figures)
    list_filter = ("user_profile__city",)
    list_select_related = ("user_profile__user",)
    search_fields = ("user_profile__user__email", "user_profile__user__name")
    readonly_fields = figures


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Where users are signed in."""

    list_display = ("user", "user_agent", "ip_address", "last_used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "ip_address", "user_agent")
    date_hierarchy = "last_used_at"
    exclude = ("token_hash",)
