import os

import requests
from umapi_client import Connection, OAuthS2S

org_id = os.environ["UMAPI_ORG_ID"]

auth = OAuthS2S(
    os.environ["UMAPI_CLIENT_ID"],
    os.environ["UMAPI_CLIENT_SECRET"],
)
conn = Connection(org_id, auth, user_agent="directory-report/1.0")


def signed_request(path):
    return auth(requests.Request("GET", "https://usermanagement.adobe.io/v2/usermanagement" + path).prepare())


first = signed_request(f"/users/{org_id}/0")
second = signed_request(f"/groups/{org_id}/0")
print(conn.org_id)
print(first.headers["Authorization"])
print("one token:", first.headers["Authorization"] == second.headers["Authorization"])
