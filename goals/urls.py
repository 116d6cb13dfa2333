"""Addresses of goals, under a practice."""

from django.urls import path

from goals.views import patient, staff

app_name = "goals"

urlpatterns = [
    path("me/goals/", patient.goal_list, name="goal_list"),
    path("staff/goals/", staff.team_goals, name="team_goals"),
]
