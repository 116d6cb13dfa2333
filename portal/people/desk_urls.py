"""Pages on which staff work with people: patients' records, the staff itself, cover."""

from django.urls import URLPattern, path

from portal.people.views import care, carers, contacts, inviting, members, patients

_PATIENT = "staff/patients/<uuid:patient_id>/"
_CONTACT = _PATIENT + "contact/<uuid:point_id>/"

urlpatterns: list[URLPattern] = [
    path("staff/patients/", patients.find, name="find"),
    path("staff/patients/add/", patients.add, name="add"),
    path(_PATIENT + "details/", patients.details, name="details"),
    path(_PATIENT + "edit/", patients.edit, name="edit"),
    path(_PATIENT + "automation/", patients.automation, name="automation"),
    path(_PATIENT + "end/", patients.end, name="end"),
    path(_PATIENT + "resume/", patients.resume, name="resume"),
    path(_PATIENT + "contact/", contacts.add, name="contact_add"),
    path(_CONTACT, contacts.change, name="contact_change"),
    path(_CONTACT + "replace/", contacts.replace, name="contact_replace"),
    path(_CONTACT + "consent/", contacts.consent, name="contact_consent"),
    path(_CONTACT + "withdraw/", contacts.withdraw, name="contact_withdraw"),
    path(_CONTACT + "remove/", contacts.remove, name="contact_remove"),
    path(_PATIENT + "care-team/", care.care_team, name="care_team"),
    path(
        _PATIENT + "care-team/<uuid:member_id>/leave/",
        care.care_team_leave,
        name="care_team_leave",
    ),
    path(_PATIENT + "episode/", care.episode, name="episode"),
    path(_PATIENT + "episode/stage/", care.episode_stage, name="episode_stage"),
    path(_PATIENT + "episode/close/", care.episode_close, name="episode_close"),
    path(_PATIENT + "episode/open/", care.episode_open, name="episode_open"),
    path(_PATIENT + "carers/", carers.carers, name="carers"),
    path(_PATIENT + "carers/<uuid:grant_id>/end/", carers.carer_end, name="carer_end"),
    path(_PATIENT + "carers/invite/", inviting.invite_carer, name="invite_carer"),
    path(_PATIENT + "invite/", inviting.invite_patient, name="invite_patient"),
    path(
        "staff/invitations/<uuid:invitation_id>/again/", inviting.invite_again, name="invite_again"
    ),
    path(
        "staff/invitations/<uuid:invitation_id>/withdraw/",
        inviting.withdraw,
        name="invitation_withdraw",
    ),
    path("staff/people/invite/", inviting.invite_staff, name="invite_staff"),
    path("staff/people/", members.members, name="members"),
    path("staff/people/<uuid:membership_id>/", members.member, name="member"),
    path("staff/people/<uuid:membership_id>/roles/", members.roles, name="member_roles"),
    path("staff/cover/", care.cover, name="cover"),
    path("staff/cover/<uuid:cover_id>/end/", care.cover_end, name="cover_end"),
]
