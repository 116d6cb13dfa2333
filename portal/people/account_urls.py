"""Pages of one's account that stand beside allauth's, below a practice and above all of them."""

from django.urls import path

from portal.people.views import account

urlpatterns = [
    path("sessions/<int:pk>/end/", account.session_end, name="session_end"),
    path("kept/", account.kept_form, name="kept_form"),
]
