package com.acme.sign;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jsonwebtoken.Jwts;
import org.apache.hc.client5.http.fluent.Form;
import org.apache.hc.client5.http.fluent.Request;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

public class ProfileExport {

    static final String IMS = "https://ims-na1.adobelogin.com";

    public static void main(String[] args) throws Exception {
        // the download of the Developer Console
        JsonObject config = JsonParser.parseString(Files.readString(Path.of("config.json"))).getAsJsonObject();
        String apiKey = config.get("API_KEY").getAsString();
        String secret = config.get("CLIENT_SECRET").getAsString();
        String orgId = config.get("ORG_ID").getAsString();

        PrivateKey key = readKey(Path.of(System.getenv("ADOBE_PRIVATE_KEY_FILE")));
        String jwt = Jwts.builder()
                .issuer(orgId)
                .subject(config.get("TECHNICAL_ACCOUNT_ID").getAsString())
                .audience().single(IMS + "/c/" + apiKey)
                .expiration(Date.from(Instant.now().plus(Duration.ofMinutes(2))))
                .claim(IMS + "/s/ent_dataservices_sdk", true)
                .signWith(key, Jwts.SIG.RS256)
                .compact();

        String answer = Request.post(IMS + "/ims/exchange/jwt")
                .bodyForm(Form.form()
                        .add("client_id", apiKey)
                        .add("client_secret", secret)
                        .add("jwt_token", jwt)
                        .build())
                .execute()
                .returnContent()
                .asString();
        JsonObject token = JsonParser.parseString(answer).getAsJsonObject();

        System.out.println("Authorization: Bearer " + token.get("access_token").getAsString());
        System.out.println("x-api-key: " + apiKey);
        System.out.println("x-gw-ims-org-id: " + orgId);
        System.out.println("(ends in " + Math.round(token.get("expires_in").getAsLong() / 1000 / 3600.0) + " hours)");
    }

    private static PrivateKey readKey(Path file) throws Exception {
        String pem = Files.readString(file);
        String base64 = pem.substring(pem.indexOf('\n') + 1, pem.lastIndexOf("-----END"));
        return KeyFactory.getInstance("RSA").generatePrivate(
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }
}
