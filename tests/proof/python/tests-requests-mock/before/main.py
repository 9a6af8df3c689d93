import io
import unittest

import test_adobe_login
from adobe_login import adobe_login

token, seconds = adobe_login()
print(token, seconds)
suite = unittest.defaultTestLoader.loadTestsFromModule(test_adobe_login)
result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
print("tests:", result.testsRun, "failed:", len(result.failures) + len(result.errors))
