"""Copies users and report suites from Adobe into the warehouse."""

from .analytics import AnalyticsClient
from .users import UserManagementClient

__all__ = ["AnalyticsClient", "UserManagementClient"]
