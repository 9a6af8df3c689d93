package com.acme.names;

import static com.acme.names.Ims.CLIENT_ID;
import static com.acme.names.Ims.CLIENT_SECRET;
import static com.acme.names.Ims.JWT_TOKEN;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

public final class Names {

    private final OkHttpClient http = new OkHttpClient();

    public static void main(String[] args) {
        try {
            System.out.println("Bearer " + new Names().token(System.getenv("NAMES_ID"), System.getenv("NAMES_SECRET")));
        } catch (ImsException e) {
            System.out.println("refused");
        }
    }

    String token(String id, String secret) throws ImsException {
        String token = null;
        FormBody form = new FormBody.Builder()
                .add(CLIENT_ID, id)
                .add(CLIENT_SECRET, secret)
                .add(JWT_TOKEN, assertion(id))
                .build();
        Request request = new Request.Builder().url(Ims.HOST + Ims.EXCHANGE_PATH).post(form).build();
        String body = sent(request);
        JsonObject answer = JsonParser.parseString(body).getAsJsonObject();
        if (answer.has("error")) {
            throw new ImsException("IMS says " + answer.get("error").getAsString());
        } else {
            if (answer.has(Ims.ACCESS_TOKEN)) {
                token = answer.get(Ims.ACCESS_TOKEN).getAsString();
            } else {
                throw new ImsException("IMS gives no token");
            }
        }
        return token;
    }

    private String sent(Request request) {
        try (Response response = http.newCall(request).execute()) {
            return response.body().string();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String assertion(String id) {
        try {
            String pem = Files.readString(Path.of(System.getenv("NAMES_KEY"))).replaceAll("-----[A-Z ]+-----|\\s", "");
            RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
            return JWT.create()
                    .withIssuer(System.getenv("NAMES_ORG"))
                    .withSubject(System.getenv("NAMES_ACCOUNT"))
                    .withAudience(Ims.HOST + "/c/" + id)
                    .withExpiresAt(Instant.now().plusSeconds(60))
                    .withClaim(Ims.HOST + "/s/ent_dataservices_sdk", true)
                    .sign(Algorithm.RSA256(null, key));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
