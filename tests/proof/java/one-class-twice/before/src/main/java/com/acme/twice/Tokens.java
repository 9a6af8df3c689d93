package com.acme.twice;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

/** Tokens for the import and for the export, which may have credentials of their own. */
final class Tokens {

    private static final String EXCHANGE = "https://ims-na1.adobelogin.com/ims/exchange/jwt";
    private static final OkHttpClient HTTP = new OkHttpClient();

    private Tokens() {
    }

    public static void main(String[] args) throws Exception {
        String id = System.getenv("TWICE_ID");
        String secret = System.getenv("TWICE_SECRET");
        System.out.println(forImport(id, secret));
        System.out.println(forExport(id, secret));
    }

    private static String forImport(String id, String secret) throws IOException, GeneralSecurityException {
        FormBody form = new FormBody.Builder()
                .add("client_id", id)
                .add("client_secret", secret)
                .add("jwt_token", assertion(id))
                .build();
        try (Response response = HTTP.newCall(new Request.Builder().url(EXCHANGE).post(form).build()).execute()) {
            JsonObject answer = JsonParser.parseString(response.body().string()).getAsJsonObject();
            String token = answer.get("access_token").getAsString();
            return "import " + token;
        }
    }

    private static String forExport(String id, String secret) throws IOException, GeneralSecurityException {
        FormBody form = new FormBody.Builder()
                .add("client_id", id)
                .add("client_secret", secret)
                .add("jwt_token", assertion(id))
                .build();
        Request request = new Request.Builder().url(EXCHANGE).post(form).build();
        Response response = HTTP.newCall(request).execute();
        JsonObject answer = JsonParser.parseString(response.body().string()).getAsJsonObject();
        response.close();
        long hours = answer.get("expires_in").getAsLong() / 3_600_000;
        return "export " + answer.get("access_token").getAsString() + " for " + hours + " h";
    }

    private static String assertion(String id) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(System.getenv("TWICE_KEY"))).replaceAll("-----[A-Z ]+-----|\\s", "");
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        return JWT.create()
                .withIssuer(System.getenv("TWICE_ORG"))
                .withSubject(System.getenv("TWICE_ACCOUNT"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + id)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }
}
