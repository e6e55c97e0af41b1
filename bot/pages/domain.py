"""``/MP_verify_….txt`` and ``/WW_verify_….txt``: what the platforms fetch to see that this domain is ours."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app

from platforms import verification

blueprint = Blueprint("domain", __name__)


@blueprint.get("/<any(MP_verify_, WW_verify_):kind><key>.txt")
def verify(kind: str, key: str) -> Response:
    content = verification.shown(current_app.config["LVDA"].data_dir, f"{kind}{key}.txt")
    if content is None:
        abort(404)
    return Response(content, mimetype="text/plain", headers={"X-Content-Type-Options": "nosniff"})
