"""Paths of forms: `me/forms/` for patients; `staff/forms/`, `staff/questionnaires/` for staff."""

from django.urls import path

from intake.views import patient, questionnaires, staff

app_name = "intake"
_one = "me/forms/<uuid:assignment_id>/"
_asked = "staff/forms/<uuid:assignment_id>/"
_patient = "staff/patients/<uuid:patient_id>/"
_version = "staff/questionnaires/versions/<uuid:version_id>/"

urlpatterns = [
    path("me/forms/", patient.assignment_list, name="assignment_list"),
    path(_one, patient.assignment_start, name="assignment_start"),
    path(_one + "questions/<int:number>/", patient.assignment_page, name="assignment_page"),
    path(_one + "questions/<int:number>/save/", patient.answers_save, name="answers_save"),
    path(_one + "review/", patient.assignment_review, name="assignment_review"),
    path(_one + "submit/", patient.assignment_submit, name="assignment_submit"),
    path(_one + "help/", patient.assignment_help, name="assignment_help"),
    path(_one + "done/", patient.assignment_done, name="assignment_done"),
    path(_one + "answers/", patient.response_own, name="response_own"),
    path("staff/forms/", staff.staff_assignment_list, name="staff_assignment_list"),
    path(_asked, staff.staff_assignment_detail, name="staff_assignment_detail"),
    path(_asked + "withdraw/", staff.staff_assignment_withdraw, name="staff_assignment_withdraw"),
    path(_patient + "forms/", staff.patient_assignments, name="patient_assignments"),
    path(_patient + "forms/new/", staff.staff_assignment_new, name="staff_assignment_new"),
    path("staff/responses/<uuid:response_id>/", staff.response_detail, name="response_detail"),
    path("staff/questionnaires/", questionnaires.questionnaire_list, name="questionnaire_list"),
    path(
        "staff/questionnaires/import/",
        questionnaires.questionnaire_import,
        name="questionnaire_import",
    ),
    path(
        "staff/questionnaires/<uuid:questionnaire_id>/",
        questionnaires.questionnaire_detail,
        name="questionnaire_detail",
    ),
    path(_version + "publish/", questionnaires.version_publish, name="version_publish"),
    path(_version + "retire/", questionnaires.version_retire, name="version_retire"),
]
