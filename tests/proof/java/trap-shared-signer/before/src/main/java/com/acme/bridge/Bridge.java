package com.acme.bridge;

import org.json.JSONObject;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

public class Bridge {

    private static final String IMS = "https://ims-na1.adobelogin.com";

    public static void main(String[] args) throws Exception {
        JwtSigner adobe = new JwtSigner(Path.of(System.getenv("ADOBE_PRIVATE_KEY_FILE")));
        System.out.println("Adobe: " + adobeToken(adobe));

        JwtSigner google = new JwtSigner(Path.of(System.getenv("GOOGLE_PRIVATE_KEY_FILE")));
        Map<String, String> form = new GoogleRequest(google, "sync@acme.iam.gserviceaccount.com").form();
        System.out.println("Google: " + form.get("assertion").split("\\.").length + " parts");
    }

    private static String adobeToken(JwtSigner signer) throws IOException, InterruptedException {
        String clientId = System.getenv("ADOBE_CLIENT_ID");
        String jwt = signer.sign(System.getenv("ADOBE_ORG_ID"), System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"),
                IMS + "/c/" + clientId, Map.of(IMS + "/s/ent_dataservices_sdk", true));
        Map<String, String> form = Map.of(
                "client_id", clientId,
                "client_secret", System.getenv("ADOBE_CLIENT_SECRET"),
                "jwt_token", jwt);
        String body = form.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<String> response = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(IMS + "/ims/exchange/jwt"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new JSONObject(response.body()).getString("access_token");
    }
}
