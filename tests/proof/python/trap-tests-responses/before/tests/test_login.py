import os
from unittest import TestCase, main, mock
from urllib.parse import parse_qs

import responses

import login

URL = "https://ims-na1.adobelogin.com/ims/exchange/jwt"


class LoginTest(TestCase):
    @responses.activate
    @mock.patch("login.jwt.encode", return_value="signed")
    def test_sends_the_assertion(self, encode):
        responses.add(responses.POST, URL, json={"access_token": "abc", "expires_in": 86399998})
        self.assertEqual(login.login(), "abc")
        form = parse_qs(responses.calls[0].request.body)
        self.assertEqual(form["jwt_token"], ["signed"])
        self.assertEqual(encode.call_args.args[0]["iss"], os.environ["ADOBE_ORG_ID"])


if __name__ == "__main__":
    main()
