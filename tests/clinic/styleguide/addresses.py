"""The addresses of the application with the one that only a development server has."""

from django.urls import include, path

from clinic import urls

handler404 = urls.handler404
urlpatterns = [*urls.urlpatterns, path("styleguide/", include("clinic.styleguide.urls"))]
