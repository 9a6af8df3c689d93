import configparser
import os
import time
import urllib.parse

import jwt
import requests

config = configparser.RawConfigParser()
config.read("config.ini")

server = dict(config.items("server"))
enterprise = dict(config.items("enterprise"))

# expiry of the assertion, not of the token
expiry_time = int(time.time()) + 60 * 60 * 24

payload = {
    "exp": expiry_time,
    "iss": enterprise["org_id"],
    "sub": enterprise["tech_acct"],
    "aud": "https://" + server["ims_host"] + "/c/" + enterprise["api_key"],
    "https://" + server["ims_host"] + "/s/" + "ent_user_sdk": True,
}

key_path = os.path.expanduser(os.path.expandvars(enterprise["priv_key_path"]))
with open(key_path, "r") as priv_key_file:
    priv_key = priv_key_file.read()

jwt_token = jwt.encode(payload, priv_key, algorithm="RS256")
if isinstance(jwt_token, bytes):  # PyJWT 1.x
    jwt_token = jwt_token.decode("utf-8")

headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cache-Control": "no-cache",
}
body = urllib.parse.urlencode({
    "client_id": enterprise["api_key"],
    "client_secret": enterprise["client_secret"],
    "jwt_token": jwt_token,
})

url = "https://" + server["ims_host"] + server["ims_endpoint_jwt"]
res = requests.post(url, headers=headers, data=body)

if res.status_code != 200:
    raise SystemExit("no access token: " + res.text)

access_token = res.json()["access_token"]
print("Authorization: Bearer " + access_token)
print("page size", config.getint("sync", "page_size"))
