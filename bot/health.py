"""`/healthz` alive, `/readyz` stores reachable, `/metrics` for Prometheus."""

from __future__ import annotations

import os

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from campaigns.errors import StoreUnavailable
from campaigns.stores import Stores

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 without the database. Without Redis everything works, only slower: it is told and no more."""
    stores: Stores = current_app.extensions["lvda"]
    try:
        stores.sql.ping()
        database = True
    except StoreUnavailable:
        database = False
    redis = stores.ranking.ping() if stores.ranking.has_redis else None
    return jsonify(database=database, redis=redis), 200 if database else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    registry: CollectorRegistry = current_app.extensions["lvda.registry"]
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # the library's own switch: every process' figures, summed
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
