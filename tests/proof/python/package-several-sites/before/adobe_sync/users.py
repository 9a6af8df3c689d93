from functools import cached_property

import requests

from . import credentials
from .signing import signed_assertion


class UserManagementClient:
    base_url = "https://usermanagement.adobe.io/v2/usermanagement"

    @cached_property
    def token(self) -> str:
        response = requests.post(
            f"{credentials.IMS_BASE}/ims/exchange/jwt",
            data={
                "client_id": credentials.CLIENT_ID,
                "client_secret": credentials.CLIENT_SECRET,
                "jwt_token": signed_assertion("ent_user_sdk"),
            },
        )
        return response.json()["access_token"]

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self.token}", "x-api-key": credentials.CLIENT_ID}
