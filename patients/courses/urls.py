"""Address of opening a course."""

from django.urls import path

from patients.courses import views

urlpatterns = [path("courses/new/", views.open_course, name="course-open")]
