import os
from datetime import datetime, timedelta, timezone

import httpx
import jwt
from pydantic import BaseModel


class Token(BaseModel):
    access_token: str
    token_type: str
    expires_in: int

    @property
    def expires_at(self) -> datetime:
        return datetime.now(timezone.utc) + timedelta(milliseconds=self.expires_in)


class Credentials(BaseModel):
    client_id: str
    client_secret: str
    org_id: str
    account_id: str
    private_key: str


def exchange(credentials: Credentials, ims: str) -> Token:
    assertion = jwt.encode(
        {
            "iss": credentials.org_id,
            "sub": credentials.account_id,
            "aud": f"{ims}/c/{credentials.client_id}",
            "exp": datetime.now(timezone.utc) + timedelta(minutes=5),
            f"{ims}/s/ent_adobeio_sdk": True,
        },
        credentials.private_key,
        algorithm="RS256",
    )
    with httpx.Client(base_url=ims, timeout=15) as client:
        response = client.post(
            "/ims/exchange/jwt",
            data={
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret,
                "jwt_token": assertion,
            },
        )
        response.raise_for_status()
        return Token(**response.json())


if __name__ == "__main__":
    credentials = Credentials(
        client_id=os.environ["CLIENT_ID"],
        client_secret=os.environ["CLIENT_SECRET"],
        org_id=os.environ["ORG_ID"],
        account_id=os.environ["TECH_ACCT"],
        private_key=open(os.environ["KEY_FILE"]).read(),
    )
    token = exchange(credentials, os.environ["IMS_HOST"])
    print(token.access_token, round((token.expires_at - datetime.now(timezone.utc)).total_seconds() / 3600))
