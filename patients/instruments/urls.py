"""Addresses of this slice."""

from django.urls import path

from patients.instruments import views

urlpatterns = [
    path("questionnaires/", views.questionnaires, name="questionnaires"),
    path("questionnaires/<slug:code>/new/", views.questionnaire_new, name="questionnaire-new"),
    path("questionnaires/<uuid:response_id>/", views.questionnaire, name="questionnaire"),
    path("questionnaires/<uuid:response_id>/correct/", views.questionnaire_correct, name="questionnaire-correct"),
]
