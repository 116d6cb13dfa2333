"""Paths and names. The page of one item is `home:work_item`: it asks every app for a link."""

from django.urls import URLPattern, path

from portal.work.views import notices, staff

app_name = "work"
urlpatterns: list[URLPattern] = [
    path("staff/work/", staff.work_list, name="list"),
    path("staff/work/<uuid:item_id>/done/", staff.done, name="done"),
    path("staff/work/<uuid:item_id>/reopen/", staff.reopen, name="reopen"),
    path("staff/work/<uuid:item_id>/acknowledge/", staff.acknowledge, name="acknowledge"),
    path("staff/work/<uuid:item_id>/pass-on/", staff.pass_on, name="pass_on"),
    path("staff/notices/", notices.notice_list, name="notices"),
    path("staff/notices/mail/", notices.mail, name="notice_mail"),
    path("staff/notices/read/", notices.read_all, name="notices_read"),
    path("staff/notices/<uuid:notice_id>/read/", notices.read, name="notice_read"),
]
