package com.acme.status;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import java.net.http.HttpResponse;

public class Probe {

    public static void main(String[] args) throws Exception {
        ImsGateway ims = new ImsGateway();
        String id = System.getenv("ADOBE_CLIENT_ID");
        report(ims.login(id, System.getenv("ADOBE_CLIENT_SECRET")));
        report(ims.login(id, "not the secret"));
    }

    private static void report(HttpResponse<String> response) {
        JsonObject body = JsonParser.parseString(response.body()).getAsJsonObject();
        switch (response.statusCode()) {
            case 200 -> System.out.println("in: " + body.get("access_token").getAsString()
                    + ", " + response.headers().firstValue("content-type").orElse("no type").split(";")[0]);
            case 400, 401 -> System.out.println("refused: " + body.get("error").getAsString());
            default -> System.out.println("try again later: " + response.statusCode());
        }
    }
}
