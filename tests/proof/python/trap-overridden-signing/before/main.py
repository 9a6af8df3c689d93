import os

from vault import VaultLogin

login = VaultLogin(
    os.environ["ADOBE_CLIENT_ID"],
    os.environ["ADOBE_CLIENT_SECRET"],
    os.environ["ADOBE_ORG_ID"],
    os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
)
print(login.token())
print("signatures:", login.vault.signatures)
