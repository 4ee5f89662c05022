"""Where is the style guide? Only a development server has this address; clinic.urls leaves it out elsewhere."""

from django.urls import path

from clinic.styleguide import views

urlpatterns = [path("", views.styleguide, name="styleguide")]
