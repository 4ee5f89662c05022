"""Addresses of one's own second factor, and of everybody's for administrators."""

from django.urls import path

from clinic.second_factor import views

urlpatterns = [
    path("account/second-factor/", views.overview, name="second-factor"),
    path("account/second-factor/app/", views.set_up_app, name="second-factor-app"),
    path("account/second-factor/app/remove/", views.remove_app, name="second-factor-app-remove"),
    path("account/second-factor/passkeys/", views.add_passkey, name="second-factor-passkey-add"),
    path(
        "account/second-factor/passkeys/<slug:passkey>/remove/",
        views.remove_passkey,
        name="second-factor-passkey-remove",
    ),
    path("account/second-factor/codes/", views.codes, name="second-factor-codes"),
    path("account/second-factor/codes/new/", views.renew_codes, name="second-factor-codes-new"),
    path("staff/second-factor/", views.house, name="second-factor-house"),
    path("staff/<uuid:user_id>/second-factor/", views.reset, name="second-factor-reset"),
]
# allauth calls the second step by this name.
sign_in_patterns = [
    path("sign-in/second-step/", views.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", views.second_step_passkey, name="mfa_passkey"),
]
