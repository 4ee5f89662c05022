"""Addresses of this slice."""

from django.urls import path

from sessions.administration import views

urlpatterns = [
    path("visits/<uuid:appointment_id>/session/", views.session_open, name="session-open"),
    path("sessions/<uuid:session_id>/", views.sheet, name="sheet"),
    path("sessions/<uuid:session_id>/entries/", views.entries, name="entries"),
    path("sessions/<uuid:session_id>/state/", views.sheet_state, name="sheet-state"),
    path("sessions/<uuid:session_id>/checklist/", views.checklist, name="checklist"),
    path("sessions/<uuid:session_id>/override/", views.override, name="override"),
    path("sessions/<uuid:session_id>/drug/", views.drug, name="drug"),
    path("sessions/<uuid:session_id>/drug/draw/", views.draw, name="drug-draw"),
    path("sessions/<uuid:session_id>/drug/move/", views.move_drug, name="drug-move"),
    path("sessions/<uuid:session_id>/discharge/", views.discharge, name="discharge"),
    path("sessions/<uuid:session_id>/entries/<uuid:entry_id>/retract/", views.retract, name="retract"),
    path("sessions/<uuid:session_id>/entries/<uuid:entry_id>/confirm/", views.confirm, name="confirm"),
    path("sessions/<uuid:session_id>/record/", views.record, name="record"),
    path("sessions/<uuid:session_id>/sign/", views.sign, name="sign"),
    path("sessions/<uuid:session_id>/cosign/", views.cosign, name="cosign"),
    path("sessions/<uuid:session_id>/addenda/new/", views.addendum, name="addendum"),
]
