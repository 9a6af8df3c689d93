"""Sends what a program wants to say to Adobe IMS to a loopback double instead.

Stands first on PYTHONPATH while a proof program runs. A connection to `ims-na1.adobelogin.com:443` goes over plain HTTP
to the address in the environment variable IMS_DOUBLE, which may end in a path such as `/comma`; the Host header stays
the one the program wrote. Other hosts, and connections through a proxy, are left alone. Nothing is imported before the
program imports it, so a library that is not installed costs nothing.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from urllib.parse import urlsplit

HOST = "ims-na1.adobelogin.com"
PORT = 443

_double = urlsplit(os.environ.get("IMS_DOUBLE", ""))
_prefix = _double.path.rstrip("/")


def _is_ims(connection):
    tunnelled = getattr(connection, "_tunnel_host", None)
    return not tunnelled and connection.host == HOST and connection.port in (None, PORT)


def _open_socket(connection):
    import socket

    timeout = connection.timeout
    if not isinstance(timeout, (int, float, type(None))):
        timeout = None  # the marker "no time-out given", of which each library has its own
    return socket.create_connection((_double.hostname, _double.port), timeout)


def _patch_http_client(module):
    """The standard library: http.client itself and urllib.request, which builds on it."""
    connect = module.HTTPSConnection.connect
    put_request = module.HTTPConnection.putrequest

    def redirected_connect(self):
        if not _is_ims(self):
            return connect(self)
        self.sock = _open_socket(self)

    def redirected_put_request(self, method, url, *args, **kwargs):
        if _prefix and _is_ims(self) and url.startswith("/"):
            url = _prefix + url
        return put_request(self, method, url, *args, **kwargs)

    module.HTTPSConnection.connect = redirected_connect
    module.HTTPConnection.putrequest = redirected_put_request


def _patch_urllib3(module):
    """urllib3, and with it requests and Authlib's client for requests."""
    connect = module.HTTPSConnection.connect

    def redirected_connect(self):
        if not _is_ims(self):
            return connect(self)
        self.sock = _open_socket(self)
        self.is_verified = True

    module.HTTPSConnection.connect = redirected_connect


def _patch_httpx(module):
    """httpx, httpx2 and Authlib's clients for them: both have the same transports under different names."""
    send = module.HTTPTransport.handle_request
    send_async = module.AsyncHTTPTransport.handle_async_request

    def redirected(request):
        url = request.url
        if url.scheme != "https" or url.host != HOST or url.port not in (None, PORT):
            return request
        target = url.copy_with(
            scheme="http", host=_double.hostname, port=_double.port, raw_path=_prefix.encode() + url.raw_path
        )
        return module.Request(
            request.method, target, headers=request.headers, stream=request.stream, extensions=request.extensions
        )

    def redirected_send(self, request):
        return send(self, redirected(request))

    async def redirected_send_async(self, request):
        return await send_async(self, redirected(request))

    module.HTTPTransport.handle_request = redirected_send
    module.AsyncHTTPTransport.handle_async_request = redirected_send_async


def _patch_aiohttp(module):
    request = module.ClientSession._request

    async def redirected_request(self, method, str_or_url, **kwargs):
        url = self._build_url(str_or_url)
        if url.scheme == "https" and url.host == HOST and url.port == PORT:
            str_or_url = (
                url.with_scheme("http").with_host(_double.hostname).with_port(_double.port).with_path(_prefix + url.path)
            ).with_query(url.query)
            if self._base_url is not None:
                self._base_url = None  # aiohttp refuses an absolute address beside a base address
        return await request(self, method, str_or_url, **kwargs)

    module.ClientSession._request = redirected_request


_PATCHES = {
    "http.client": _patch_http_client,
    "urllib3.connection": _patch_urllib3,
    "httpx": _patch_httpx,
    "httpx2": _patch_httpx,
    "aiohttp": _patch_aiohttp,
}


class _PatchingLoader(importlib.abc.Loader):
    def __init__(self, loader, patch):
        self._loader = loader
        self._patch = patch

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        self._patch(module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


class _PatchingFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        patch = _PATCHES.get(fullname)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, patch)
        return spec


if _double.hostname:
    sys.meta_path.insert(0, _PatchingFinder())
    for _name, _patch in _PATCHES.items():
        if _name in sys.modules:
            _patch(sys.modules[_name])
