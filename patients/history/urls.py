"""Addresses of a person's allergies."""

from django.urls import path

from patients.history import views

urlpatterns = [
    path("allergies/", views.allergies, name="allergies"),
    path("allergies/none-known/", views.none_known, name="allergies-none"),
    path("allergies/<uuid:allergy_id>/retract/", views.retract, name="allergy-retract"),
]
