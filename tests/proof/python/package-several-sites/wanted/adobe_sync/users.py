from functools import cached_property

from . import credentials
from .ims import fetch_token


class UserManagementClient:
    base_url = "https://usermanagement.adobe.io/v2/usermanagement"

    @cached_property
    def token(self) -> str:
        return fetch_token()["access_token"]

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self.token}", "x-api-key": credentials.CLIENT_ID}
