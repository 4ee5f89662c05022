"""Addresses of registering a person and of changing their details."""

from django.urls import path

from patients.registration import views

urlpatterns = [
    path("new/", views.register, name="register"),
    path("new/look/", views.look, name="register-look"),
    path("<uuid:patient_id>/edit/", views.edit, name="edit"),
]
