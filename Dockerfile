# The portal for real people; docker-compose.yml runs it. Build: docker compose build
FROM python:3.13-slim-trixie AS installed
WORKDIR /srv/portal
COPY requirements/production.lock requirements/
RUN python -m venv /srv/venv && /srv/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/production.lock

FROM python:3.13-slim-trixie
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_HOME=/srv/home PORTAL_MODE=production
RUN useradd --system --uid 10001 --home-dir /srv/home --create-home portal
COPY --from=installed /srv/venv /srv/venv
WORKDIR /srv/portal
COPY . .
# Gathering files asks no server; production's settings want addresses all the same.
RUN SECRET_KEY=of-the-build PUBLIC_URL=https://build.example EMAIL_URL=smtp://localhost \
    DATABASE_URL=postgres://portal_app@localhost/portal REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput --verbosity 0 --ignore rest_framework
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--max-requests", "5000", "--max-requests-jitter", "500", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--forwarder-headers", "", "--log-level", "warning"]
