"""The application's addresses, and the two yardsticks."""

from django.urls import include, path

from bench import serving
from clinic.urls import handler400, handler403, handler404, handler500
from clinic.urls import urlpatterns as usual

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

yardsticks = (
    [path("empty/", serving.empty, name="empty"), path("smallest/", serving.smallest, name="smallest")],
    "bench",
)
urlpatterns = [path("bench/", include(yardsticks)), *usual]
