"""Addresses of today's page and the tasks."""

from django.urls import path

from clinic.home import views

urlpatterns = [path("", views.home, name="home")]
