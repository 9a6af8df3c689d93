"""Command line for the Adobe token service."""
import argparse
import json
import os
import sys
import time

import jwt
import requests


def parse_args(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client-id", default=os.getenv("ADOBE_CLIENT_ID"))
    parser.add_argument("--client-secret", default=os.getenv("ADOBE_CLIENT_SECRET"))
    parser.add_argument("--org-id", default=os.getenv("ADOBE_ORG_ID"))
    parser.add_argument("--account-id", default=os.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"))
    parser.add_argument("--private-key", type=argparse.FileType("r"), default=os.getenv("ADOBE_PRIVATE_KEY_PATH"))
    parser.add_argument("--ims", default="ims-na1.adobelogin.com", help="host of the Identity Management Services")
    parser.add_argument("--json", action="store_true", help="print the whole answer")
    return parser.parse_args(argv)


def get_token(args):
    base = f"https://{args.ims}"
    assertion = jwt.encode(
        {
            "exp": int(time.time() + 300),
            "iss": args.org_id,
            "sub": args.account_id,
            "aud": f"{base}/c/{args.client_id}",
            f"{base}/s/ent_marketing_sdk": True,
        },
        args.private_key.read(),
        algorithm="RS256",
    )
    reply = requests.post(
        f"{base}/ims/exchange/jwt",
        data=dict(client_id=args.client_id, client_secret=args.client_secret, jwt_token=assertion),
    )
    return reply.json()


def main():
    args = parse_args()
    answer = get_token(args)
    if "error" in answer:
        print(answer["error"], file=sys.stderr)
        return 1
    if args.json:
        json.dump({"token": answer["access_token"], "type": answer["token_type"]}, sys.stdout)
        print()
    else:
        print(answer["access_token"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
