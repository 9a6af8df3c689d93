package com.acme.users;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Imports groups; knows how long its token lasts. */
class GroupImport {

    private final Settings settings;
    private Instant validUntil = Instant.MIN;

    GroupImport(Settings settings) {
        this.settings = settings;
    }

    String start() throws IOException, GeneralSecurityException {
        var token = signIn();
        var hours = Duration.between(Instant.now(), validUntil).plusMinutes(30).toHours();
        return "import with " + token + " for " + hours + " h";
    }

    private String signIn() throws IOException, GeneralSecurityException {
        var assertion = JWT.create()
                .withIssuer(settings.orgId())
                .withSubject(settings.technicalAccountId())
                .withAudience("https://ims-na1.adobelogin.com/c/" + settings.clientId())
                .withExpiresAt(Instant.now().plusSeconds(300))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true)
                .sign(Algorithm.RSA256(null, Keys.load(settings.privateKey())));
        var request = new HttpPost("https://ims-na1.adobelogin.com/ims/exchange/jwt");
        request.setEntity(new UrlEncodedFormEntity(List.of(
                new BasicNameValuePair("client_id", settings.clientId()),
                new BasicNameValuePair("client_secret", settings.clientSecret()),
                new BasicNameValuePair("jwt_token", assertion))));
        try (var client = HttpClients.createDefault()) {
            var body = client.execute(request, response -> EntityUtils.toString(response.getEntity()));
            JsonObject token = JsonParser.parseString(body).getAsJsonObject();
            validUntil = Instant.now().plusMillis(token.get("expires_in").getAsLong());
            return token.get("access_token").getAsString();
        }
    }
}
