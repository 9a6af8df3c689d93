package com.acme.gradle;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.json.JSONObject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

public class Uploader {

    private static final OkHttpClient HTTP = new OkHttpClient();

    public static void main(String[] args) throws Exception {
        JSONObject token = token();
        Request upload = new Request.Builder()
                .url("https://platform.adobe.io/data/foundation/import/batches")
                .header("Authorization", "Bearer " + token.getString("access_token"))
                .build();
        System.out.println(upload.header("Authorization"));
    }

    private static JSONObject token() throws IOException, GeneralSecurityException {
        Request request = new Request.Builder()
                .url("https://ims-na1.adobelogin.com/ims/exchange/jwt")
                .post(new FormBody.Builder()
                        .add("client_id", System.getenv("AEP_API_KEY"))
                        .add("client_secret", System.getenv("AEP_SECRET"))
                        .add("jwt_token", assertion())
                        .build())
                .build();
        try (Response response = HTTP.newCall(request).execute()) {
            return new JSONObject(response.body().string());
        }
    }

    private static String assertion() throws IOException, GeneralSecurityException {
        return Jwts.builder()
                .setIssuer(System.getenv("AEP_ORG"))
                .setSubject(System.getenv("AEP_TECHNICAL_ACCOUNT"))
                .setAudience("https://ims-na1.adobelogin.com/c/" + System.getenv("AEP_API_KEY"))
                .setExpiration(new Date(System.currentTimeMillis() + 60_000))
                .claim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
                .signWith(key(), SignatureAlgorithm.RS256)
                .compact();
    }

    private static PrivateKey key() throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(System.getenv("AEP_PRIVATE_KEY"))).replaceAll("-----[^-]+-----", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
    }
}
