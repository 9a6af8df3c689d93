package com.acme.pacing;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
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
import java.util.concurrent.TimeUnit;

public final class Pacing {

    private static final OkHttpClient HTTP = new OkHttpClient.Builder()
            .connectTimeout(5, TimeUnit.SECONDS)
            .readTimeout(2500, TimeUnit.MILLISECONDS)
            .writeTimeout(5, TimeUnit.SECONDS)
            .build();

    private Pacing() {
    }

    public static void main(String[] args) throws Exception {
        try {
            ImsToken token = fetch();
            System.out.println("Bearer " + token.value());
            System.out.println("for " + token.lifetime() / 1000 / 3600 + " h");
        } catch (IOException e) {
            System.out.println("no token");
        }
    }

    private static ImsToken fetch() throws IOException, GeneralSecurityException {
        String id = System.getenv("PACING_ID");
        FormBody form = new FormBody.Builder()
                .add("client_id", id)
                .add("client_secret", System.getenv("PACING_SECRET"))
                .add("jwt_token", assertion(id))
                .build();
        Request request = new Request.Builder().url("https://ims-na1.adobelogin.com/ims/exchange/jwt").post(form).build();
        try (Response response = HTTP.newCall(request).execute()) {
            if (!response.isSuccessful()) {
                throw new IOException("IMS says " + response.code());
            }
            return new Gson().fromJson(response.body().charStream(), ImsToken.class);
        }
    }

    private static String assertion(String id) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(System.getenv("PACING_KEY"))).replaceAll("-----[A-Z ]+-----|\\s", "");
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        return JWT.create()
                .withIssuer(System.getenv("PACING_ORG"))
                .withSubject(System.getenv("PACING_ACCOUNT"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + id)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }

    record ImsToken(@SerializedName("access_token") String value, @SerializedName("expires_in") long lifetime) {
    }
}
