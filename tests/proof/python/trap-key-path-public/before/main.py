import os

import adobe_login

token = adobe_login.login(
    os.environ["ADOBE_CLIENT_ID"],
    os.environ["ADOBE_CLIENT_SECRET"],
    os.environ["ADOBE_ORG_ID"],
    os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
    private_key_path=os.environ["ADOBE_PRIVATE_KEY_PATH"],
)
print(token.value)
print("hours:", token.lifetime // 3_600_000)
