"""Paths and names."""

from django.urls import URLPattern, path

from portal.appointments.views import (
    booking,
    calendar,
    imports,
    patient,
    places,
    settings,
    staff,
)

app_name = "appointments"
_ONE = "staff/appointments/<uuid:appointment_id>/"
_OWN = "me/appointments/<uuid:appointment_id>/"

urlpatterns: list[URLPattern] = [
    path("me/appointments/", patient.own, name="own"),
    path(_OWN, patient.detail, name="own_detail"),
    path(_OWN + "calendar/", patient.calendar, name="own_calendar"),
    path(_OWN + "confirm/", patient.confirm, name="own_confirm"),
    path(_OWN + "cancel/", patient.cancel, name="own_cancel"),
    path(_OWN + "other-time/", patient.other_time, name="own_other_time"),
    path("staff/schedule/", calendar.schedule, name="schedule"),
    path("staff/schedule/book/", booking.book, name="book"),
    path("staff/patients/<uuid:patient_id>/appointments/", staff.of_patient, name="of_patient"),
    path(_ONE, staff.detail, name="detail"),
    path(_ONE + "move/", booking.move, name="move"),
    path(_ONE + "cancel/", staff.cancel, name="cancel"),
    path(_ONE + "restore/", staff.restore, name="restore"),
    path(_ONE + "confirm/", staff.confirm, name="confirm"),
    path(_ONE + "outcome/", staff.outcome, name="outcome"),
    path(_ONE + "outcome/undo/", staff.undo_outcome, name="undo_outcome"),
    path("staff/imports/", imports.upload, name="imports"),
    path("staff/imports/example/", imports.example, name="import_example"),
    path("staff/imports/<uuid:import_id>/", imports.run, name="import_run"),
    path("staff/imports/<uuid:import_id>/write/", imports.write, name="import_write"),
    path("staff/imports/<uuid:import_id>/drop/", imports.drop, name="import_drop"),
    path("staff/appointment-types/", settings.types, name="types"),
    path("staff/appointment-types/<uuid:type_id>/", settings.type_change, name="type_change"),
    path(
        "staff/appointment-types/<uuid:type_id>/retire/", settings.type_retire, name="type_retire"
    ),
    path(
        "staff/appointment-types/<uuid:type_id>/offer/",
        settings.type_offer_again,
        name="type_offer_again",
    ),
    path("staff/availability/", settings.availability, name="availability"),
    path(
        "staff/availability/<uuid:membership_id>/",
        settings.availability_of,
        name="availability_of",
    ),
    path(
        "staff/availability/<uuid:membership_id>/time-off/", places.time_off_of, name="time_off_of"
    ),
    path(
        "staff/time-off/<uuid:time_off_id>/remove/", places.time_off_remove, name="time_off_remove"
    ),
    path("staff/locations/", places.locations, name="locations"),
    path("staff/locations/<uuid:location_id>/", places.location_change, name="location_change"),
    path(
        "staff/locations/<uuid:location_id>/retire/", places.location_retire, name="location_retire"
    ),
    path(
        "staff/locations/<uuid:location_id>/offer/",
        places.location_offer_again,
        name="location_offer_again",
    ),
]
