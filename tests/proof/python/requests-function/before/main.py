import os

from adobe_token import get_access_token


def main():
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        private_key = key_file.read()
    token = get_access_token(
        client_id=os.environ["ADOBE_CLIENT_ID"],
        client_secret=os.environ["ADOBE_CLIENT_SECRET"],
        org_id=os.environ["ADOBE_ORG_ID"],
        technical_account_id=os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        private_key=private_key,
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "x-api-key": os.environ["ADOBE_CLIENT_ID"],
        "x-gw-ims-org-id": os.environ["ADOBE_ORG_ID"],  # every call to the gateway names it
    }
    for name in sorted(headers):
        print(f"{name}: {headers[name]}")


if __name__ == "__main__":
    main()
