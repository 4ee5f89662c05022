"""Addresses of the calendar, of booking, and of a visit and its moves."""

from django.urls import path

from sessions.scheduling import views

urlpatterns = [
    path("calendar/", views.day, name="day"),
    path("calendar/waiting/", views.waiting, name="waiting"),
    path("patients/<uuid:patient_id>/visits/new/", views.book, name="book"),
    path("visits/<uuid:appointment_id>/", views.visit, name="visit"),
    path("visits/<uuid:appointment_id>/arrived/", views.arrived, name="visit-arrived"),
    path("visits/<uuid:appointment_id>/no-show/", views.no_show, name="visit-no-show"),
    path("visits/<uuid:appointment_id>/to-room/", views.to_room, name="visit-to-room"),
    path("visits/<uuid:appointment_id>/left/", views.left, name="visit-left"),
    path("visits/<uuid:appointment_id>/take-back/", views.take_back, name="visit-take-back"),
    path("visits/<uuid:appointment_id>/cancel/", views.cancel, name="visit-cancel"),
    path("visits/<uuid:appointment_id>/escort/", views.escort, name="visit-escort"),
]
