"""Addresses of the trail."""

from django.urls import path

from clinic.reports import views

urlpatterns = [
    path("trail/", views.looks, name="trail"),
    path("trail/changes/", views.changes, name="trail-changes"),
    path("trail/changes/<slug:kind>/<int:event_id>/", views.change, name="trail-row"),
    path("trail/find/", views.find, name="trail-find"),
]
