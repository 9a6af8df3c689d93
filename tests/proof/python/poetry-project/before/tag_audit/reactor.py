from __future__ import annotations

import os

import requests

from tag_audit.access import access_token


class Reactor:
    """The part of the Reactor API that the audit reads."""

    base_url = "https://reactor.adobe.io"

    def __init__(self, token: str, api_key: str, org_id: str) -> None:
        self.session = requests.Session()
        self.session.headers.update({
            "Accept": "application/vnd.api+json;revision=1",
            "Authorization": f"Bearer {token}",
            "X-Api-Key": api_key,
            "X-Gw-Ims-Org-Id": org_id,
        })

    @classmethod
    def from_environment(cls) -> Reactor:
        return cls(access_token(), os.environ["REACTOR_CLIENT_ID"], os.environ["REACTOR_ORG_ID"])

    def prepare(self, method: str, path: str) -> requests.PreparedRequest:
        return self.session.prepare_request(requests.Request(method, self.base_url + path))
