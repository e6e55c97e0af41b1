"""Pictures under the hashes of their bytes.

==================================== ===========================================================
``GET /pictures/<sha256>``            a picture of a question of a published campaign
``GET /pictures/<sha256>/banner.jpg`` the picture of a published campaign, small enough for phones
==================================== ===========================================================
"""

from __future__ import annotations

from flask import current_app

from bot.pages import pictures
from bot.pages.blueprint import Page, blueprint
from campaigns.stores import Stores


@blueprint.get("/pictures/<sha256>")
def picture(sha256: str) -> Page:
    stores: Stores = current_app.extensions["lvda"]
    return pictures.serve(stores.sql, sha256)


@blueprint.get("/pictures/<sha256>/banner.jpg")
def banner(sha256: str) -> Page:
    stores: Stores = current_app.extensions["lvda"]
    return pictures.serve_banner(stores.sql, sha256)
