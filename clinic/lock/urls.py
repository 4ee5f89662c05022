"""Addresses of one's own account and of the lock."""

from django.urls import path

from clinic.lock import views

urlpatterns = [
    path("account/", views.account, name="account"),
]
