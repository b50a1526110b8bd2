"""The admin: who gets in, and that whoever is in acts under their own name."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse, TemplateResponse

from apps.accounts.access import staff_permissions
from apps.accounts.models import User
from apps.accounts.services.passwords import note_new_password
from apps.accounts.services.staff import admit_staff
from apps.core.models import AuditEntry
from apps.core.services import audit
from kernel.admin import looked_at
from kernel.errors import Overloaded
from kernel.viewer import Viewer, acting_as
from schema.base.http import address_of, request_id_of

#: In the browser's session: that its sign-in showed a second factor.
SECOND_FACTOR = "fundi-second-factor"
BACKEND = "django.contrib.auth.backends.ModelBackend"
#: Pages with many rows take their time; nothing is written before they are done.
STATEMENT_TIMEOUT = "15s"


class StaffSignInForm(AdminAuthenticationForm):
    """Email, password and the code of an authenticator app."""

    code = forms.CharField(
        label="Code",
        required=False,
        help_text="Of your authenticator app, or a recovery code.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "maxlength": 20}),
    )

    def clean(self) -> dict[str, Any]:
        """Let one of the staff in; what keeps one out stands above the form."""
        given = self.cleaned_data
        assert self.request is not None
        if given.get("username") and given.get("password"):
            try:
                admitted = admit_staff(
                    email=given["username"],
                    password=given["password"],
                    code=given.get("code", ""),
                    viewer=visitor(self.request),
                )
            except Overloaded as problem:
                raise ValidationError(Overloaded.message) from problem
            user: Any = admitted.user
            user.backend, user.has_shown_second_factor = BACKEND, admitted.second_factor
            self.user_cache = user
        return given


class FundiAdminSite(AdminSite):
    """Django's admin behind a second factor. Each of its pages is one transaction that acts as its
    user, and what it shows of others' personal data is noted.
    """

    site_header = "Fundi"
    site_title = "Fundi"
    index_title = "Administration"
    site_url = "/graphql/"
    login_form = StaffSignInForm
    login_template = "admin/sign_in.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the browser belongs to one of the staff, who signed in as staff must."""
        if not super().has_permission(request):
            return False
        return SECOND_FACTOR in request.session or not settings.STAFF_SECOND_FACTOR

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and what follows it."""
        response = super().login(request, extra_context)
        # The user is the form's own object where it let them in just now.
        if getattr(request.user, "has_shown_second_factor", False):
            request.session[SECOND_FACTOR] = True
        return response

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Sign out, which is noted."""
        audit.note(action=AuditEntry.Action.SIGN_OUT, row=cast("User", request.user))
        return super().logout(request, extra_context)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Change one's own password, which ends all that the old one opened."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            note_new_password(user=cast("User", request.user))
        return response

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """A page that acts as its user."""

        @wraps(view)
        def act(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            viewer = viewer_of(request)
            with acting_as(viewer, statement_timeout=STATEMENT_TIMEOUT):
                response = view(request, *args, **kwargs)
                # What is rendered later would be read by nobody.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                audit.note_looks(viewer=viewer, rows=looked_at(request))
            return response

        return super().admin_view(act, cacheable)


def visitor(request: HttpRequest) -> Viewer:
    """Who stands at the door."""
    peer, heard = request.META.get("REMOTE_ADDR"), request.headers.get("X-Forwarded-For")
    return Viewer(request_id=request_id_of(request), ip_address=address_of(peer, heard))


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is in: one of the staff, with what they may do."""
    at_door = visitor(request)
    return Viewer(
        user=request.user,
        staff_permissions=staff_permissions(request.user),
        has_second_factor=SECOND_FACTOR in request.session,
        request_id=at_door.request_id,
        ip_address=at_door.ip_address,
    )
