import os
import sys

sys.path.insert(0, "src")

import imsauth  # noqa: E402

credential = imsauth.Credential(
    CLIENT_ID=os.environ["ADOBE_CLIENT_ID"],
    CLIENT_SECRET=os.environ["ADOBE_CLIENT_SECRET"],
    ORG_ID=os.environ["ADOBE_ORG_ID"],
    TECHNICAL_ACCOUNT_ID=os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
    PRIVATE_KEY=open(os.environ["ADOBE_PRIVATE_KEY_PATH"]).read(),
)
print(imsauth.get_token(credential))
try:
    imsauth.get_token(dict(credential, CLIENT_SECRET="?"))
except imsauth.ImsAuthError as error:
    print(error)
try:
    imsauth.get_token(credential, ims="http://127.0.0.1:9")
except imsauth.ImsAuthError as error:
    print(error)
