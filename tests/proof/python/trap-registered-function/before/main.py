import os

import sources  # noqa: F401  (registers)
from registry import log_in

with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
    private_key = file.read()

for name in ("static", "adobe"):
    token, lifetime = log_in(
        name,
        {
            "token": "fixed",
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "org_id": os.environ["ADOBE_ORG_ID"],
            "account_id": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "private_key": private_key,
        },
    )
    print(name, token, lifetime // 3_600_000)
