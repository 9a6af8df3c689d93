package com.acme.plugin;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.ObjectMapper;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

public class AdobeAuth {

    private static final String IMS = "https://ims-na1.adobelogin.com";

    public static String createAssertion() throws IOException, GeneralSecurityException {
        String pem = new String(Files.readAllBytes(Paths.get(System.getenv("ADOBE_PRIVATE_KEY_FILE"))));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        return JWT.create()
                .withIssuer(System.getenv("ADOBE_ORG_ID"))
                .withSubject(System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"))
                .withAudience(IMS + "/c/" + System.getenv("ADOBE_CLIENT_ID"))
                .withExpiresAt(new Date(System.currentTimeMillis() + 60_000))
                .withClaim(IMS + "/s/ent_adobeio_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }

    public static String exchange(String assertion) throws IOException {
        Request request = new Request.Builder()
                .url(IMS + "/ims/exchange/jwt")
                .post(new FormBody.Builder()
                        .add("client_id", System.getenv("ADOBE_CLIENT_ID"))
                        .add("client_secret", System.getenv("ADOBE_CLIENT_SECRET"))
                        .add("jwt_token", assertion)
                        .build())
                .build();
        try (Response response = new OkHttpClient().newCall(request).execute()) {
            return new ObjectMapper().readTree(response.body().string()).get("access_token").asText();
        }
    }
}
