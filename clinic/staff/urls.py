"""Addresses of the staff pages."""

from django.urls import path

from clinic.staff import views

urlpatterns = [path("staff/", views.staff, name="staff")]
