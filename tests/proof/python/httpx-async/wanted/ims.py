from __future__ import annotations

from authlib.integrations.httpx_client import AsyncOAuth2Client

IMS = "https://ims-na1.adobelogin.com"


async def fetch_token(client_id: str, client_secret: str) -> dict:
    """Get an access token with the client credentials."""
    async with AsyncOAuth2Client(
        client_id,
        client_secret,
        scope="openid,AdobeID,read_organizations",
        token_endpoint_auth_method="client_secret_post",
        timeout=20.0,
    ) as client:
        return await client.fetch_token(f"{IMS}/ims/token/v3", grant_type="client_credentials")
