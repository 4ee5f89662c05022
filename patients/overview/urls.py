"""Addresses of the search and of a person's own page."""

from django.urls import path

from patients.overview import views

urlpatterns = [
    path("", views.search, name="search"),
    path("<uuid:patient_id>/", views.detail, name="detail"),
]
