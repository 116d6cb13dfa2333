"""Addresses of goals and notes, under a practice."""

from django.urls import include, path

from goals.views import notes, patient, session, shared, staff

app_name = "goals"

own_goal_urls = [
    path("", patient.goal_detail, name="goal_detail"),
    path("words/", patient.goal_words, name="goal_words"),
    path("turn/", patient.goal_turn, name="goal_turn"),
    path("bring/", patient.goal_bring, name="goal_bring"),
    path("steps/", patient.goal_steps, name="goal_steps"),
    path("steps/<uuid:step_id>/", patient.goal_step, name="goal_step"),
]
patient_goal_urls = [
    path("", staff.patient_goals, name="patient_goals"),
    path("add/", staff.goal_add, name="goal_add"),
    path("<uuid:goal_id>/", staff.patient_goal, name="patient_goal"),
    path("<uuid:goal_id>/turn/", staff.patient_goal_turn, name="patient_goal_turn"),
    path("<uuid:goal_id>/bring/", staff.patient_goal_bring, name="patient_goal_bring"),
]
patient_note_urls = [
    path("", notes.patient_notes, name="patient_notes"),
    path("start/", notes.note_start, name="note_start"),
    path("<uuid:note_id>/", notes.note_detail, name="note_detail"),
    path("<uuid:note_id>/save/", notes.note_save, name="note_save"),
    path("<uuid:note_id>/share/", notes.note_share, name="note_share"),
    path("<uuid:note_id>/add/", notes.note_add, name="note_add"),
    path("<uuid:note_id>/history/", notes.note_history, name="note_history"),
]

urlpatterns = [
    path("me/goals/", patient.goal_list, name="goal_list"),
    path("me/goals/new/", patient.goal_new, name="goal_new"),
    path("me/goals/<uuid:goal_id>/", include(own_goal_urls)),
    path("me/notes/", shared.shared_notes, name="shared_notes"),
    path("me/notes/<uuid:note_id>/", shared.shared_note, name="shared_note"),
    path("staff/goals/", staff.team_goals, name="team_goals"),
    path("staff/patients/<uuid:patient_id>/goals/", include(patient_goal_urls)),
    path("staff/patients/<uuid:patient_id>/session/", session.session, name="session"),
    path("staff/patients/<uuid:patient_id>/notes/", include(patient_note_urls)),
]
