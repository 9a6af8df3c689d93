package com.acme.campaign;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.util.EntityUtils;
import org.json.JSONObject;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

public class CampaignTrigger {

    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int READ_TIMEOUT_MS = 10_000;
    private static final int ATTEMPTS = 3;

    public static void main(String[] args) throws Exception {
        System.out.println("X-Api-Key: " + System.getenv("ACS_API_KEY"));
        System.out.println("Authorization: Bearer " + tokenWithRetries());
    }

    private static String tokenWithRetries() throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return fetchToken();
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(200L * attempt);
            }
        }
    }

    private static String fetchToken() throws Exception {
        RequestConfig timeouts = RequestConfig.custom()
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setSocketTimeout(READ_TIMEOUT_MS)
                .build();
        try (CloseableHttpClient client = HttpClientBuilder.create().setDefaultRequestConfig(timeouts).build()) {
            HttpPost post = new HttpPost("https://ims-na1.adobelogin.com/ims/exchange/jwt/");
            String body = String.format("client_id=%s&client_secret=%s&jwt_token=%s",
                    encode(System.getenv("ACS_API_KEY")), encode(System.getenv("ACS_SECRET")), encode(jwt()));
            post.setEntity(new StringEntity(body, ContentType.APPLICATION_FORM_URLENCODED));
            HttpResponse response = client.execute(post);
            JSONObject json = new JSONObject(EntityUtils.toString(response.getEntity()));
            if (json.has("error")) {
                throw new IllegalStateException("IMS: " + json.getString("error"));
            }
            return json.getString("access_token");
        }
    }

    private static String jwt() throws Exception {
        return Jwts.builder()
                .setIssuer(System.getenv("ACS_ORG"))
                .setSubject(System.getenv("ACS_TECHNICAL_ACCOUNT"))
                .setAudience("https://ims-na1.adobelogin.com/c/" + System.getenv("ACS_API_KEY"))
                .setExpiration(new Date(System.currentTimeMillis() + 86_400_000L))
                .claim("https://ims-na1.adobelogin.com/s/ent_campaign_sdk", Boolean.TRUE)
                .signWith(privateKey(), SignatureAlgorithm.RS256)
                .compact();
    }

    private static PrivateKey privateKey() throws Exception {
        String pem = new String(Files.readAllBytes(Paths.get(System.getenv("ACS_KEY"))), StandardCharsets.UTF_8);
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
