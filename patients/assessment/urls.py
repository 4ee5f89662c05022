"""Addresses of this slice."""

from django.urls import path

from patients.assessment import views

urlpatterns = [
    path("assessment/", views.assessment, name="assessment"),
    path("assessment/start/", views.assessment_start, name="assessment-start"),
    path("assessments/<uuid:assessment_id>/", views.assessment_record, name="assessment-record"),
    path("assessments/<uuid:assessment_id>/findings/", views.assessment_findings, name="assessment-findings"),
    path("assessments/<uuid:assessment_id>/findings/<slug:code>/", views.assessment_finding, name="assessment-finding"),
    path("assessments/<uuid:assessment_id>/blood-pressure/", views.assessment_pressure, name="assessment-pressure"),
    path("assessments/<uuid:assessment_id>/reasons/<slug:code>/", views.assessment_reason, name="assessment-reason"),
    path(
        "assessments/<uuid:assessment_id>/overrides/<slug:code>/", views.assessment_override, name="assessment-override"
    ),
    path("assessments/<uuid:assessment_id>/ready/", views.assessment_ready, name="assessment-ready"),
    path("assessments/<uuid:assessment_id>/sign/", views.assessment_sign, name="assessment-sign"),
]
