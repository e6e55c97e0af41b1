"""People who use the console without scripts, and the clock they live by."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

NOW = 1_783_126_800_000
PASSWORD = "三棵白杨站在大路边上"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


class Visitor:
    """A browser without scripts: it sends a form with the token of the page that the form was on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def get(self, address: str, status: int = 200) -> str:
        return self._shown(self.client.get(address, follow_redirects=True), status)

    def post(self, address: str, status: int = 200, **fields: object) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token is not None, "the page has no form"
        data = {"csrf_token": token[1], **fields}
        return self._shown(self.client.post(address, data=data, follow_redirects=True), status)

    def _shown(self, response: TestResponse, status: int) -> str:
        assert response.status_code == status, response.text
        self.address = response.request.path
        self.page = response.text
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.page)))
