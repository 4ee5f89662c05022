"""Addresses of everything about a person."""

from django.urls import include, path

app_name = "patients"
urlpatterns = [
    path("patients/", include("patients.overview.urls")),
    path("patients/", include("patients.registration.urls")),
    path("patients/", include("patients.merging.urls")),
    path("patients/<uuid:patient_id>/", include("patients.courses.urls")),
    path("patients/<uuid:patient_id>/", include("patients.history.urls")),
    path("patients/<uuid:patient_id>/", include("patients.instruments.urls")),
    path("patients/<uuid:patient_id>/", include("patients.assessment.urls")),
    path("patients/<uuid:patient_id>/", include("patients.treatment_plan.urls")),
    path("patients/<uuid:patient_id>/", include("patients.progress.urls")),
]
