package com.acme.report;

import org.json.JSONObject;

public class ReportMailer {

    public static void main(String[] args) throws Exception {
        AdobeAuth auth = new AdobeAuth(
                System.getenv("ADOBE_CLIENT_ID"),
                System.getenv("ADOBE_CLIENT_SECRET"),
                System.getenv("ADOBE_ORG_ID"),
                System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"),
                System.getenv("ADOBE_PRIVATE_KEY_FILE"));

        JSONObject request = new JSONObject();
        request.put("Authorization", "Bearer " + auth.accessToken());
        System.out.println(request.getString("Authorization"));
        System.out.println("x-gw-ims-org-id: " + auth.orgId());
        System.out.println("encoding: " + AdobeAuth.REPORT_ENCODING);
    }
}
