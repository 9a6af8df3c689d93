import json
from wsgiref.util import setup_testing_defaults

from proxy import application

environ = {}
setup_testing_defaults(environ)
started = []
body = b"".join(application(environ, lambda status, headers: started.append((status, dict(headers)))))
status, headers = started[0]
print(status)
print(headers["Content-Type"].split(";")[0])
print(json.loads(body)["access_token"])
