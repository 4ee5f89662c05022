"""Where does each address lead? A table of contents; every route says who may call it."""

from allauth.account import views as account_views
from django.conf import settings
from django.urls import include, path

from clinic.kit.web import public
from clinic.second_factor.urls import sign_in_patterns

handler400 = "clinic.errors.bad_request"
handler403 = "clinic.errors.forbidden"
handler404 = "clinic.errors.not_found"
handler500 = "clinic.errors.broken"

clinic_patterns = (
    [
        path("", include("clinic.home.urls")),
        path("", include("clinic.staff.urls")),
        path("", include("clinic.lock.urls")),
        path("", include("clinic.second_factor.urls")),
        path("", include("clinic.reports.urls")),
    ],
    "clinic",
)
urlpatterns = [
    # Only these of allauth's views have an address.
    path("sign-in/", public("signing in")(account_views.login), name="account_login"),
    path(
        "sign-out/",
        public("signing out ends a session; without one it does nothing")(account_views.logout),
        name="account_logout",
    ),
    path("", include(sign_in_patterns)),
    path("", include(clinic_patterns)),
    path("", include("clinic.operations.urls")),
    path("", include("patients.urls")),
    path("", include("sessions.urls")),
]
if settings.MODE == "development":
    urlpatterns.append(path("styleguide/", include("clinic.styleguide.urls")))
