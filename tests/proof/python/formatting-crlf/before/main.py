# -*- coding: utf-8 -*-
# Zugriff auf die Adobe-Schnittstelle für den Nachtlauf
import os, time
import jwt			# PyJWT
import requests


def hole_token():
	"""Liefert das Zugriffstoken."""
	with open(os.environ['ADOBE_PRIVATE_KEY_PATH'], 'r') as datei:
		schluessel = datei.read()

	nutzlast = {
		'exp': int(time.time()) + 3600,
		'iss': os.environ['ADOBE_ORG_ID'],
		'sub': os.environ['ADOBE_TECHNICAL_ACCOUNT_ID'],
		'aud': 'https://ims-na1.adobelogin.com/c/' + os.environ['ADOBE_CLIENT_ID'],
		'https://ims-na1.adobelogin.com/s/ent_user_sdk': True
	}
	zusicherung = jwt.encode(nutzlast, schluessel, algorithm='RS256')

	# hier wird getauscht
	antwort = requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt',
		data={
			'client_id': os.environ['ADOBE_CLIENT_ID'],
			'client_secret': os.environ['ADOBE_CLIENT_SECRET'],
			'jwt_token': zusicherung
		})
	return antwort.json()['access_token']


if __name__ == '__main__':
	print('Token für den Nachtlauf:', hole_token())