from authlib.integrations.requests_client import OAuth2Session

IMS_URL = "https://ims-na1.adobelogin.com/ims/token/v3"


def get_access_token(client_id, client_secret):
    """Return a bearer token for the User Management API."""
    with OAuth2Session(
        client_id,
        client_secret,
        scope="openid,AdobeID,read_organizations",
        token_endpoint_auth_method="client_secret_post",
    ) as client:
        token = client.fetch_token(IMS_URL, grant_type="client_credentials", timeout=30)
    return token["access_token"]
