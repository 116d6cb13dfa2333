"""Is the process alive, and can it do its work? For load balancers and for people on call."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.cache import cache
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from portal.access.decorators import public_page

Check = Callable[[], str]


@public_page
def health(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@public_page
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; says which part, never why in detail."""
    parts = {name: check() for name, check in _checks().items()}
    well = all(state == "ok" for state in parts.values())
    return JsonResponse(
        {"status": "ok" if well else "not ready", "parts": parts}, status=200 if well else 503
    )


def _checks() -> dict[str, Check]:
    checks: dict[str, Check] = {
        "database": _database,
        "migrations": _migrations,
        "redis": _redis,
    }
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in ("django", "allauth"):
            continue
        if find_spec(f"{config.name}.readiness"):
            checks[config.label] = import_module(f"{config.name}.readiness").check
    return checks


def _database() -> str:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "away"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connections["default"])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "away"
    return "behind" if plan else "ok"


def _redis() -> str:
    try:
        cache.set("ready", "ok", 5)
    except (RedisError, OSError):
        return "away"
    return "ok"
