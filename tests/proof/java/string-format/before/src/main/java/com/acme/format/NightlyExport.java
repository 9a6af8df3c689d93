package com.acme.format;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.json.JSONObject;

import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.spec.*;
import java.util.*;

public class NightlyExport {

    public static void main(String[] args) throws Exception {
        System.out.println("token " + new NightlyExport().login());
    }

    private String login() throws Exception {
        URL url = new URL(System.getenv("IMS_HOST") + "/ims/exchange/jwt");
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
        String body = String.format("client_id=%s&client_secret=%s&jwt_token=%s",
                encoded("ADOBE_CLIENT_ID"), encoded("ADOBE_CLIENT_SECRET"), assertion());
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        BufferedReader reader = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder answer = new StringBuilder();
        String line;
        while ((line = reader.readLine()) != null) {
            answer.append(line);
        }
        reader.close();
        return new JSONObject(answer.toString()).getString("access_token");
    }

    private static String encoded(String variable) throws UnsupportedEncodingException {
        return URLEncoder.encode(System.getenv(variable), "UTF-8");
    }

    private static String assertion() throws Exception {
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", System.getenv("ADOBE_ORG_ID"));
        claims.put("sub", System.getenv("ADOBE_ACCOUNT_ID"));
        claims.put("aud", "https://ims-na1.adobelogin.com/c/" + System.getenv("ADOBE_CLIENT_ID"));
        claims.put("exp", System.currentTimeMillis() / 1000 + 600);
        claims.put("https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk", true);
        return Jwts.builder().setClaims(claims).signWith(SignatureAlgorithm.RS256, key()).compact();
    }

    private static PrivateKey key() throws Exception {
        String pem = new String(Files.readAllBytes(Paths.get(System.getenv("ADOBE_KEY_PATH"))), StandardCharsets.UTF_8);
        pem = pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }
}
