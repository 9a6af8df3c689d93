import asyncio
import os
from pathlib import Path

from ims import build_claims, fetch_token


async def main() -> None:
    client_id = os.environ["AEP_CLIENT_ID"]
    claims = build_claims(client_id, os.environ["AEP_ORG_ID"], os.environ["AEP_TECHNICAL_ACCOUNT_ID"])
    token = await fetch_token(client_id, os.environ["AEP_CLIENT_SECRET"], claims, Path(os.environ["AEP_KEY_FILE"]))
    print(token["token_type"], token["access_token"])


if __name__ == "__main__":
    asyncio.run(main())
