import os

import requests
from umapi_client import Connection, JWTAuth

org_id = os.environ["UMAPI_ORG_ID"]

with open(os.environ["UMAPI_PRIVATE_KEY_FILE"]) as key_file:
    private_key = key_file.read()

auth = JWTAuth(
    org_id,
    os.environ["UMAPI_CLIENT_ID"],
    os.environ["UMAPI_CLIENT_SECRET"],
    os.environ["UMAPI_TECH_ACCOUNT_ID"],
    private_key,
)
conn = Connection(org_id, auth, user_agent="directory-report/1.0")


def signed_request(path):
    return auth(requests.Request("GET", "https://usermanagement.adobe.io/v2/usermanagement" + path).prepare())


first = signed_request(f"/users/{org_id}/0")
second = signed_request(f"/groups/{org_id}/0")
print(conn.org_id)
print(first.headers["Authorization"])
print("one token:", first.headers["Authorization"] == second.headers["Authorization"])
