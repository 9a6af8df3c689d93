import logging
import os

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

logging.basicConfig(level=logging.CRITICAL)
log = logging.getLogger("adobe")

IMS = "https://ims-na1.adobelogin.com"


class LoginFailed(Exception):
    pass


def log_in(client_id, client_secret):
    try:
        with OAuth2Session(
            client_id,
            client_secret,
            scope="openid,AdobeID,read_organizations",
            token_endpoint_auth_method="client_secret_post",
        ) as client:
            token = client.fetch_token(f"{IMS}/ims/token/v3", grant_type="client_credentials", timeout=10)
        return token["access_token"]
    except (OAuthError, requests.exceptions.HTTPError) as error:
        log.error("IMS refused the client: %s", error)
        raise LoginFailed("refused") from error
    except requests.exceptions.Timeout as error:
        raise LoginFailed("IMS did not answer") from error
    except requests.exceptions.RequestException as error:
        raise LoginFailed("IMS cannot be reached") from error


if __name__ == "__main__":
    print(log_in(os.environ["ADOBE_CLIENT_ID"], os.environ["ADOBE_CLIENT_SECRET"]))
    try:
        log_in(os.environ["ADOBE_CLIENT_ID"], "not-the-secret")
    except LoginFailed as failure:
        print("login failed:", failure)
