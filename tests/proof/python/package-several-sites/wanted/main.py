from adobe_sync import AnalyticsClient, UserManagementClient

users = UserManagementClient()
analytics = AnalyticsClient("examplecompany")
print("users:", users.headers()["Authorization"])
print("analytics:", analytics.headers()["Authorization"])
print("cached:", users.headers() == users.headers(), analytics.headers() == analytics.headers())
