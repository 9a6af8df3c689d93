#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Print an access token for Adobe I/O.

Usage: get_token.py --config config.ini
"""
from __future__ import print_function

import argparse
import configparser
import datetime
import json
import logging
import sys

import jwt
import requests

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)

JWT_EXPIRY_MINUTES = 30


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="config.ini")
    parser.add_argument("--key", help="private key file, overrides the one of the configuration")
    return parser.parse_args()


def get_jwt_token(config, key_file=None):
    url = "https://{}".format(config["ims_host"])
    expiry = datetime.datetime.utcnow() + datetime.timedelta(minutes=JWT_EXPIRY_MINUTES)
    with open(key_file or config["key_file"], "r") as f:
        key = f.read()
    log.info("signing for %s", config["tech_id"])
    return jwt.encode({
        "exp": expiry,
        "iss": config["org_id"],
        "sub": config["tech_id"],
        "{}/s/{}".format(url, config["metascope"]): True,
        "aud": "{}/c/{}".format(url, config["client_id"]),
    }, key, algorithm="RS256")


def get_access_token(config, jwt_token):
    post_body = {
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
        "jwt_token": jwt_token,
    }
    log.info("Sending 'POST' request to %s", config["ims_url"])
    response = requests.post(config["ims_url"], data=post_body)
    if response.status_code != 200:
        log.error("could not get a token: %s", response.text)
        sys.exit(1)
    return response.json()["access_token"]


def main():
    args = parse_args()
    parser = configparser.RawConfigParser()
    parser.read(args.config)
    config = dict(parser["adobe"])
    jwt_token = get_jwt_token(config, args.key)
    access_token = get_access_token(config, jwt_token)
    print(json.dumps({"token": access_token}))


if __name__ == "__main__":
    main()
