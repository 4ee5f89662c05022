"""Addresses of this slice."""

from django.urls import path

from patients.progress import views

urlpatterns = [path("progress/", views.progress, name="progress")]
