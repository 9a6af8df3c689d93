import unittest

import requests_mock

from adobe_login import adobe_login


class AdobeLoginTest(unittest.TestCase):
    @requests_mock.Mocker()
    def test_token_and_lifetime(self, mocked):
        mocked.post(
            "https://ims-na1.adobelogin.com/ims/exchange/jwt",
            json={"token_type": "bearer", "access_token": "abc", "expires_in": 86399000},
        )
        self.assertEqual(adobe_login(), ("abc", 86399))
        self.assertEqual(mocked.call_count, 1)
