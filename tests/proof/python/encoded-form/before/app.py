import os

from ims import Ims
from report import fetch_report

ims = Ims(os.environ["ADOBE_CLIENT_ID"], os.environ["ADOBE_CLIENT_SECRET"])
bearer = "Bearer " + ims.token()
print(bearer)
print(fetch_report({"Authorization": bearer}))
