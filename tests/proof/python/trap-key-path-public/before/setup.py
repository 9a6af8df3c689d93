from setuptools import find_packages, setup

setup(
    name="adobe-login",
    version="3.2.0",
    packages=find_packages(),
    python_requires=">=3.8",
    install_requires=["PyJWT[crypto]>=2,<3", "requests>=2.20"],
)
