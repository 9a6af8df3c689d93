package com.acme.parts;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

import java.io.FileReader;
import java.io.IOException;
import java.security.PrivateKey;

public class LaunchBuild {

    private static final String IMS = System.getenv("IMS_HOST");
    private static final OkHttpClient CLIENT = new OkHttpClient();

    static class Token {
        @SerializedName("access_token")
        String accessToken;
        @SerializedName("expires_in")
        long expiresIn;
    }

    public static void main(String[] args) throws Exception {
        Token token = fetch(System.getenv("ADOBE_CLIENT_ID"), System.getenv("ADOBE_CLIENT_SECRET"));
        System.out.println("token " + token.accessToken);
        System.out.println("hours " + token.expiresIn / 1000 / 3600);
    }

    private static Token fetch(String clientId, String clientSecret) throws IOException, JoseException {
        RequestBody form = new MultipartBody.Builder()
                .setType(MultipartBody.FORM)
                .addFormDataPart("client_id", clientId)
                .addFormDataPart("client_secret", clientSecret)
                .addFormDataPart("jwt_token", sign(clientId))
                .build();
        Request request = new Request.Builder()
                .url(IMS + "/ims/exchange/jwt")
                .post(form)
                .build();
        try (Response response = CLIENT.newCall(request).execute()) {
            if (!response.isSuccessful()) {
                throw new IOException("IMS said " + response.code() + ": " + response.body().string());
            }
            return new Gson().fromJson(response.body().charStream(), Token.class);
        }
    }

    private static String sign(String clientId) throws IOException, JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(System.getenv("ADOBE_ORG_ID"));
        claims.setSubject(System.getenv("ADOBE_ACCOUNT_ID"));
        claims.setAudience(IMS + "/c/" + clientId);
        claims.setExpirationTimeMinutesInTheFuture(10);
        claims.setClaim(IMS + "/s/ent_reactor_admin_sdk", true);
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        jws.setPayload(claims.toJson());
        jws.setKey(readKey(System.getenv("ADOBE_KEY_PATH")));
        return jws.getCompactSerialization();
    }

    private static PrivateKey readKey(String path) throws IOException {
        try (PEMParser parser = new PEMParser(new FileReader(path))) {
            return new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
        }
    }
}
