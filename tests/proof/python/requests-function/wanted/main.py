import os

from adobe_token import get_access_token


def main():
    token = get_access_token(
        client_id=os.environ["ADOBE_CLIENT_ID"],
        client_secret=os.environ["ADOBE_CLIENT_SECRET"],
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
