import os
import shutil

import aanalytics2 as api2

# the build server keeps the key elsewhere
if "ADOBE_PRIVATE_KEY_PATH" in os.environ:
    shutil.copy(os.environ["ADOBE_PRIVATE_KEY_PATH"], "private.key")

api2.importConfigFile("analytics_config.json")
login = api2.Login()
print(login.header["Authorization"])
print(login.header["x-api-key"])
