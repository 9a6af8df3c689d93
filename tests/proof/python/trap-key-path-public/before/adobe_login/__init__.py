"""Log-in for Adobe APIs, published for other teams."""

from .login import AccessToken, login

__all__ = ["AccessToken", "login"]
__version__ = "3.2.0"
