import os

from adobe_auth import AdobeAuth

auth = AdobeAuth(
    client_id=os.environ["AA_CLIENT_ID"],
    client_secret=os.environ["AA_CLIENT_SECRET"],
    organization_id=os.environ["AA_ORG_ID"],
    account_id=os.environ["AA_TECH_ACCOUNT"],
    key_path=os.environ["AA_PRIVATE_KEY"],
)
first = auth.headers["Authorization"]
second = auth.headers["Authorization"]
print(first)
print("same token twice:", first == second)
print("hours left:", auth.hours_left())
