"""Addresses of this slice."""

from django.urls import path

from sessions.follow_up import views

CHECK_IN = "sessions/<uuid:session_id>/check-ins/<slug:kind>/"
urlpatterns = [
    path("follow-up/", views.follow_up, name="follow-up"),
    path(CHECK_IN, views.check_in, name="check-in"),
    path(f"{CHECK_IN}attempts/", views.check_in_attempt, name="check-in-attempt"),
    path(f"{CHECK_IN}cancel/", views.check_in_cancel, name="check-in-cancel"),
]
