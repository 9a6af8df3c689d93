package com.acme.report;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.json.JSONObject;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/**
 * Signs in at Adobe for the nightly report.
 */
class AdobeAuth {

    private static final String IMS_EXCHANGE = "https://ims-na1.adobelogin.com/ims/exchange/jwt/";
    private static final String AUDIENCE = "https://ims-na1.adobelogin.com/c/";
    private static final String METASCOPE = "https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk";
    private static final long FIVE_MINUTES = 5 * 60 * 1000L;

    /** Reports are sent in this encoding. */
    static final String REPORT_ENCODING = "UTF-8";

    private final String clientId;
    private final String clientSecret;
    private final String orgId;
    private final String technicalAccountId;
    private final String keyFile;

    AdobeAuth(String clientId, String clientSecret, String orgId, String technicalAccountId, String keyFile) {
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.orgId = orgId;
        this.technicalAccountId = technicalAccountId;
        this.keyFile = keyFile;
    }

    String orgId() {
        return orgId;
    }

    String accessToken() throws Exception {
        String jwt = signedJwt();

        String body = "client_id=" + URLEncoder.encode(clientId, "UTF-8")
                + "&client_secret=" + URLEncoder.encode(clientSecret, "UTF-8")
                + "&jwt_token=" + URLEncoder.encode(jwt, "UTF-8");

        HttpURLConnection connection = (HttpURLConnection) new URL(IMS_EXCHANGE).openConnection();
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        if (connection.getResponseCode() != 200) {
            throw new IOException("Adobe refused the log-in: " + connection.getResponseCode());
        }

        StringBuilder answer = new StringBuilder();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                answer.append(line);
            }
        }
        return new JSONObject(answer.toString()).getString("access_token");
    }

    private String signedJwt() throws IOException, GeneralSecurityException {
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", orgId);
        claims.put("sub", technicalAccountId);
        claims.put("aud", AUDIENCE + clientId);
        claims.put(METASCOPE, true);

        return Jwts.builder()
                .setClaims(claims)
                .setExpiration(new Date(System.currentTimeMillis() + FIVE_MINUTES))
                .signWith(SignatureAlgorithm.RS256, privateKey())
                .compact();
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        String pem = new String(Files.readAllBytes(Paths.get(keyFile)), StandardCharsets.US_ASCII)
                .replace("-----BEGIN PRIVATE KEY-----", "")
                .replace("-----END PRIVATE KEY-----", "")
                .replaceAll("\\s", "");
        byte[] der = Base64.getDecoder().decode(pem);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
