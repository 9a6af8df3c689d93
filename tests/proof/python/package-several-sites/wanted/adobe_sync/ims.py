from authlib.integrations.requests_client import OAuth2Session

from . import credentials

SCOPES = "openid,AdobeID,read_organizations"


def fetch_token() -> dict:
    """A token from Adobe IMS for the client credentials."""
    with OAuth2Session(
        credentials.CLIENT_ID,
        credentials.CLIENT_SECRET,
        scope=SCOPES,
        token_endpoint_auth_method="client_secret_post",
    ) as client:
        return client.fetch_token(f"{credentials.IMS_BASE}/ims/token/v3", grant_type="client_credentials")
