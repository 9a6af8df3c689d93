import requests


def fetch_token(session, ims, credential):
    """The decoded answer of IMS. Raises requests.HTTPError when the client is refused."""
    response = session.post(
        f"{ims}/ims/token/v3",
        data={
            "client_id": credential["client_id"],
            "client_secret": credential["client_secret"],
            "grant_type": "client_credentials",
            "scope": "openid,AdobeID,read_organizations",
        },
        timeout=60,
    )
    response.raise_for_status()
    return response.json()


def new_session():
    session = requests.Session()
    session.headers["User-Agent"] = "nightly-report/1.4"
    return session
