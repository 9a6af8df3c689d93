import requests


def fetch_report(headers):
    try:
        return requests.get("http://127.0.0.1:9/report", headers=headers, timeout=2).text
    except requests.exceptions.ConnectionError:
        return "no report: the host does not answer"
    except requests.exceptions.Timeout:
        return "no report: too slow"
