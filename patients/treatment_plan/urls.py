"""Addresses of plans and consents; they follow /patients/<id>/."""

from django.urls import path

from patients.treatment_plan import views

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new, name="plan-new"),
    path("plans/reckon/", views.reckon, name="plan-reckon"),
    path("plans/<uuid:plan_id>/", views.plan, name="plan"),
    path("plans/<uuid:plan_id>/edit/", views.edit, name="plan-edit"),
    path("plans/<uuid:plan_id>/sign/", views.sign, name="plan-sign"),
    path("consents/new/", views.consent_new, name="consent-new"),
    path("consents/<uuid:consent_id>/", views.consent, name="consent"),
]
