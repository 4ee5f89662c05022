"""Addresses of one's own account and of the lock."""

from django.urls import path

from clinic.lock import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/kept/", views.kept, name="kept"),
    path("account/pin/", views.pin, name="pin"),
    path("account/devices/<uuid:device_id>/forget/", views.device_forget, name="device-forget"),
    path("screen/", views.screen, name="screen"),
    path("screen/lock/", views.lock, name="lock"),
    path("screen/stay/", views.stay, name="stay"),
    path("screen/unlock/", views.unlock, name="unlock"),
    path("screen/switch/", views.switch, name="switch"),
]
