from login import login

print(login())
