"""Where do probes ask?"""

from django.urls import path

from clinic.operations import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
