"""Addresses of this slice."""

from django.urls import path

from sessions.administration import views

urlpatterns = [
    path("sessions/<uuid:session_id>/", views.sheet, name="sheet"),
    path("sessions/<uuid:session_id>/entries/", views.entries, name="entries"),
    path("sessions/<uuid:session_id>/state/", views.sheet_state, name="sheet-state"),
]
