package com.acme.catalog.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

import java.io.IOException;
import java.security.PrivateKey;

/**
 * Signs an assertion with the key of the technical account and exchanges it at Adobe IMS.
 */
public class ImsTokenProvider implements TokenProvider {

    private static final String EXCHANGE_PATH = "/ims/exchange/jwt";

    private final OkHttpClient http;
    private final ObjectMapper mapper;
    private final ImsAccount account;

    public ImsTokenProvider(OkHttpClient http, ObjectMapper mapper, ImsAccount account) {
        this.http = http;
        this.mapper = mapper;
        this.account = account;
    }

    @Override
    public AccessToken current() throws IOException {
        final String assertion;
        try {
            assertion = sign(account.getPrivateKey());
        } catch (JoseException e) {
            throw new IOException("Cannot sign the assertion", e);
        }

        FormBody body = new FormBody.Builder()
                .add("client_id", account.getClientId())
                .add("client_secret", account.getClientSecret())
                .add("jwt_token", assertion)
                .build();
        Request request = new Request.Builder()
                .url(account.getImsUrl() + EXCHANGE_PATH)
                .post(body)
                .build();

        try (Response response = http.newCall(request).execute()) {
            if (response.code() != 200) {
                throw new IOException("Token exchange failed with status " + response.code());
            }
            return mapper.readValue(response.body().byteStream(), AccessToken.class);
        }
    }

    private String sign(PrivateKey key) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(account.getOrganization());
        claims.setSubject(account.getTechnicalAccount());
        claims.setAudience(account.getImsUrl() + "/c/" + account.getClientId());
        claims.setExpirationTimeMinutesInTheFuture(5);
        claims.setClaim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true);

        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(key);
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signature.getCompactSerialization();
    }
}
