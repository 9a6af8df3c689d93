"""Adobe IMS without third-party HTTP or JWT libraries."""
import base64
import http.client
import json
import time
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

HOST = "ims-na1.adobelogin.com"


class ImsError(Exception):
    """IMS refused the request."""


def _b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def sign(claims, key_file):
    with open(key_file, "rb") as stream:
        key = serialization.load_pem_private_key(stream.read(), password=None)
    head = _b64(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
    body = _b64(json.dumps(claims).encode())
    message = f"{head}.{body}"
    signature = key.sign(message.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
    return f"{message}.{_b64(signature)}"


def token_for(client_id, client_secret, org, account, key_file):
    claims = {
        "exp": int(time.time()) + 180,
        "iss": org,
        "sub": account,
        "aud": f"https://{HOST}/c/{client_id}",
        f"https://{HOST}/s/ent_user_sdk": True,
    }
    params = urlencode({
        "client_id": client_id,
        "client_secret": client_secret,
        "jwt_token": sign(claims, key_file),
    })
    connection = http.client.HTTPSConnection(HOST, timeout=10)
    try:
        connection.request(
            "POST", "/ims/exchange/jwt", params, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        reply = connection.getresponse()
        content = json.loads(reply.read().decode("utf-8"))
    finally:
        connection.close()
    if "access_token" not in content:
        raise ImsError(content.get("error_description") or content.get("error"))
    return content["access_token"]
