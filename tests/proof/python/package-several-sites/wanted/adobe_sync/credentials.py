import os

IMS_BASE = os.environ.get("ADOBE_IMS_BASE", "https://ims-na1.adobelogin.com")

CLIENT_ID = os.environ["ADOBE_CLIENT_ID"]
CLIENT_SECRET = os.environ["ADOBE_CLIENT_SECRET"]
