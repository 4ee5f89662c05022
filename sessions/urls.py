"""Addresses of visits, sessions and follow-up."""

from django.urls import include, path

app_name = "sessions"
urlpatterns = [
    path("", include("sessions.scheduling.urls")),
    path("", include("sessions.administration.urls")),
    path("", include("sessions.follow_up.urls")),
]
