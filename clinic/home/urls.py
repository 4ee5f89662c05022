"""Addresses of today's page, the board on the wall and the tasks."""

from django.urls import path

from clinic.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today_now, name="today-now"),
    path("wall/", views.wall, name="wall"),
    path("wall/now/", views.wall_now, name="wall-now"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/", views.task, name="task"),
    path("tasks/<uuid:task_id>/take/", views.task_take, name="task-take"),
    path("tasks/<uuid:task_id>/close/", views.task_close, name="task-close"),
]
