package com.acme.feed;

interface AdobeEndpoints {

  String IMS_HOST = "https://ims-na1.adobelogin.com";

  String TOKEN = IMS_HOST + "/ims/exchange/jwt";

  String AUDIENCE = IMS_HOST + "/c/";

  String METASCOPE = IMS_HOST + "/s/ent_aam_sdk";

  String TRAITS = "https://api.demdex.com/v1/traits";
}
