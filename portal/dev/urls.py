"""Pages of the demo and of developers, below `/demo/`. Never mounted in production."""

from django.urls import path

from portal.access.decorators import public_page
from portal.dev import demo_pages
from portal.dev.gallery import gallery

urlpatterns = [
    path("", demo_pages.index, name="demo"),
    path("sign-in/", demo_pages.sign_in, name="demo_sign_in"),
    path("clock/", demo_pages.clock_page, name="demo_clock"),
    path("mail/", demo_pages.mail, name="demo_mail"),
    path("mail/<slug:key>/", demo_pages.mail_read, name="demo_mail_read"),
    path("gallery/", public_page(gallery), name="gallery"),
]
