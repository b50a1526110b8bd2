"""Users, and all that is theirs, in the admin."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from apps.accounts import errors
from apps.accounts.models import (
    ClientProfile,
    Device,
    FriendRequest,
    MfaDevice,
    PointsAward,
    Session,
    User,
    UserProfile,
    UserVerification,
    VerificationEvidence,
)
from apps.accounts.phone_numbers import mobile_number
from apps.accounts.services.deletion import restore_account
from apps.accounts.services.mfa import reset_mfa
from apps.accounts.services.moderation import block_user, unblock_user
from apps.accounts.services.passwords import note_new_password
from apps.accounts.services.sessions import revoke_session
from apps.accounts.services.staff import note_rights, rights_of
from apps.accounts.services.verifications import review
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, SoftDeleteAdmin, act, folded, shown

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
    """Those with an account. Superusers alone give rights, and change or delete the accounts of the
    staff: who takes one over has its rights.
    """

    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "name", "user_type", "is_staff", "blocked", "created_at")
    list_filter = ("user_type", "is_staff", "is_superuser", "blocked", "is_email_verified")
    search_fields = ("email", "name", "first_name", "last_name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    filter_horizontal = ()
    readonly_fields = ("last_login", "blocked")
    actions = ("restore_rows", "block_users", "unblock_users")
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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What the page names, and rights for all but superusers."""
        own = super().get_readonly_fields(request, obj)
        return own if _is_superuser(request) else [*own, *PERMISSIONS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may change accounts, and this one."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may delete accounts, and this one."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a deletion takes, and whether one of the accounts is not one's to delete."""
        names, counts, _, protected = super().get_deleted_objects(objs, request)
        refused = not all(_may_touch(request, user) for user in objs)
        return names, counts, {"account of staff"} if refused else set(), protected

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the rights that were chosen, which is noted."""
        before = rights_of(form.instance)
        super().save_related(request, form, formsets, change)
        note_rights(user=form.instance, before=before)

    @admin.action(description="Restore the chosen accounts", permissions=["change"])
    def restore_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Bring back closed accounts with all that their closing took."""
        rows = queryset.filter(is_deleted=True)
        act(self, request, rows, lambda user: restore_account(user=user))

    @admin.action(description="Block the chosen users", permissions=["change"])
    def block_users(self, request: HttpRequest, queryset: Any) -> None:
        """Shut accounts: their sessions end at once."""
        by = cast("User", request.user)
        act(self, request, queryset, lambda u: block_user(user=u, by=by, reason="By hand."))

    @admin.action(description="Unblock the chosen users", permissions=["change"])
    def unblock_users(self, request: HttpRequest, queryset: Any) -> None:
        """Open accounts again."""
        by = cast("User", request.user)
        act(self, request, queryset, lambda user: unblock_user(user=user, by=by))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Set somebody's password, which ends all that the old one opened, and tell them."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            note_new_password(user=cast("User", self.get_object(request, id)))
        return response


def _is_superuser(request: HttpRequest) -> bool:
    return bool(cast("User", request.user).is_superuser)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    is_staffs = user is not None and (user.is_staff or user.is_superuser)
    return not is_staffs or _is_superuser(request)


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
    search_fields = ("user__email", "user__name", "city")
    search_help_text = "Email, name, city, or a whole phone number."
    readonly_fields = ("phone_number", "is_phone_verified")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """The rows that a text is in, or the one with a phone number, which lies sealed."""
        try:
            number = mobile_number(search_term)
        except errors.InvalidPhoneNumber:
            return super().get_search_results(request, queryset, search_term)
        digests = UserProfile._meta.get_field("phone_number_index").digests(number)
        return queryset.filter(phone_number_index__in=digests), False


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
    actions = ("end_sessions",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Those who may change sessions, were they not read-only."""
        return bool(request.user.has_perm("accounts.change_session"))

    @admin.action(description="End the chosen sessions", permissions=["end"])
    def end_sessions(self, request: HttpRequest, queryset: Any) -> None:
        """Have the tokens of sessions stop working."""
        sessions = list(queryset.filter(revoked_at=None))
        for session in sessions:
            revoke_session(session=session)
        self.message_user(request, f"Ended: {len(sessions)}.", messages.SUCCESS)


@admin.register(MfaDevice)
class MfaDeviceAdmin(ReadOnlyAdmin):
    """Second factors; what they share with us is shown to nobody."""

    list_display = ("user", "name", "confirmed_at", "last_used_at")
    list_filter = (("confirmed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    exclude = ("secret", "last_step")
    actions = ("reset_second_factors",)

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """Those who may delete second factors, were they not read-only."""
        return bool(request.user.has_perm("accounts.delete_mfadevice"))

    @admin.action(description="Take lost second factors from their users", permissions=["reset"])
    def reset_second_factors(self, request: HttpRequest, queryset: Any) -> None:
        """Have users sign in without the second factor that they lost; nobody does it for
        themselves, and superusers alone for the staff.
        """
        others = queryset.exclude(user=request.user.pk).exclude(confirmed_at=None)
        lost = others.select_related("user")
        devices = [device for device in lost if _may_touch(request, device.user)]
        for device in devices:
            reset_mfa(user=device.user)
        self.message_user(request, f"Taken: {len(devices)}.", messages.SUCCESS)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """What takes push messages."""

    list_display = ("user", "platform", "last_seen_at", "created_at")
    list_filter = ("platform",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    date_hierarchy = "last_seen_at"
    exclude = ("token",)


@admin.register(FriendRequest)
class FriendRequestAdmin(ReadOnlyAdmin):
    """Who wants to be whose friend."""

    list_display = ("sender", "receiver", "status", "created_at", "answered_at")
    list_filter = ("status",)
    list_select_related = ("sender", "receiver")
    search_fields = ("sender__email", "receiver__email")
    date_hierarchy = "created_at"


@admin.register(PointsAward)
class PointsAwardAdmin(ReadOnlyAdmin):
    """What users got points for."""

    list_display = ("user", "deed", "points", "created_at")
    list_filter = ("deed",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    date_hierarchy = "created_at"


class EvidenceInline(PartInline):
    """The files of a claim, each behind an address that expires."""

    model = VerificationEvidence
    fields = readonly_fields = ("name", "content_type", "file", "created_at")
    show_change_link = False


@admin.register(UserVerification)
class UserVerificationAdmin(RowAdmin):
    """Claims that wait for staff: notes are typed on a claim's page, and read by its user once an
    action has decided it.
    """

    list_display = (
        "user_profile",
        "verification_type",
        "status",
        "created_at",
        "reviewed_by",
        "reviewed_at",
    )
    list_filter = ("status", "verification_type")
    list_select_related = ("user_profile__user", "reviewed_by")
    search_fields = ("user_profile__user__email", "user_profile__user__name")
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    readonly_fields = (
        *("user_profile", "verification_type", "status"),
        *("reviewed_by", "reviewed_at"),
    )
    inlines = (EvidenceInline,)
    actions = ("approve", "reject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: users submit their claims."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.action(description="Approve the chosen claims", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        """Find that the claims are true."""
        self._decide(request, queryset, approved=True)

    @admin.action(description="Reject the chosen claims", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: Any) -> None:
        """Find that the evidence does not show what is claimed."""
        self._decide(request, queryset, approved=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, approved: bool) -> None:
        by = cast("User", request.user)

        def decide(claim: UserVerification) -> None:
            review(verification=claim, by=by, approved=approved, notes=claim.admin_notes)

        act(self, request, queryset, decide)
