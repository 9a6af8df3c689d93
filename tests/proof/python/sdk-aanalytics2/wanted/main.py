import aanalytics2 as api2

api2.importConfigFile("analytics_config.json")
login = api2.Login()
print(login.header["Authorization"])
print(login.header["x-api-key"])
