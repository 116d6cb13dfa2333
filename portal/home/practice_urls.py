"""Paths of one practice that belong to no single app, or gather several."""

from django.urls import path

from portal.home.views import audit, leaving, patient, patients, public, set_up, staff, work

app_name = "home"
urlpatterns = [
    path("", public.front_door, name="front_door"),
    path("brand.css", public.brand_css, name="brand_css"),
    path("sw.js", public.service_worker, name="service_worker"),
    path("help/", public.help_now, name="help"),
    path("me/", patient.today, name="today"),
    path("staff/", staff.day, name="day"),
    path("staff/device-help/", staff.device_help, name="device_help"),
    path("staff/audit/", audit.audit, name="audit"),
    path("staff/audit/csv/", audit.audit_csv, name="audit_csv"),
    path("staff/audit/patient/", audit.audit_patient, name="audit_patient"),
    path("staff/caseload/", patients.caseload, name="caseload"),
    path("staff/patients/<uuid:patient_id>/", patients.patient_page, name="patient"),
    path("staff/work/<uuid:item_id>/", work.work_item, name="work_item"),
    path("staff/people/<uuid:membership_id>/leave/", leaving.member_leave, name="member_leave"),
    path("staff/set-up/", set_up.check_list, name="set_up"),
    path("staff/set-up/open/", set_up.open_practice, name="set_up_open"),
]
