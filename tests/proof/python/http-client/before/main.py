from os import environ

import ims

account = environ["ADOBE_TECHNICAL_ACCOUNT_ID"]
key_file = environ["ADOBE_PRIVATE_KEY_PATH"]

print(ims.token_for(environ["ADOBE_CLIENT_ID"], environ["ADOBE_CLIENT_SECRET"], environ["ADOBE_ORG_ID"], account, key_file))
try:
    ims.token_for(environ["ADOBE_CLIENT_ID"], "wrong", environ["ADOBE_ORG_ID"], account, key_file)
except ims.ImsError:
    print("a wrong secret is refused")
