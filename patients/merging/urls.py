"""Addresses of possible duplicates, of merging two people, and of taking it back."""

from django.urls import path

from patients.merging import views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/compare/", views.compare, name="duplicates-compare"),
    path("duplicates/merge/", views.merge, name="merge"),
    path("duplicates/different/", views.different, name="duplicates-different"),
    path("<uuid:patient_id>/duplicate/", views.report, name="duplicate-report"),
    path("<uuid:patient_id>/merges/", views.merges, name="merges"),
    path("<uuid:patient_id>/merges/<uuid:merge_id>/undo/", views.undo, name="merge-undo"),
]
