import asyncio
import os

from ims import fetch_token


async def main() -> None:
    client_id = os.environ["AEP_CLIENT_ID"]
    token = await fetch_token(client_id, os.environ["AEP_CLIENT_SECRET"])
    print(token["token_type"], token["access_token"])


if __name__ == "__main__":
    asyncio.run(main())
