package com.acme.users;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.gson.JsonParser;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;

/** Exports the users of an organization. */
class UserExport {

    private final Settings settings;

    UserExport(Settings settings) {
        this.settings = settings;
    }

    String start() throws IOException, GeneralSecurityException {
        return "export of " + settings.orgId() + " with " + login();
    }

    private String login() throws IOException, GeneralSecurityException {
        var jwt = JWT.create()
                .withIssuer(settings.orgId())
                .withSubject(settings.technicalAccountId())
                .withAudience("https://ims-na1.adobelogin.com/c/" + settings.clientId())
                .withExpiresAt(Instant.now().plusSeconds(300))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true)
                .sign(Algorithm.RSA256(null, Keys.load(settings.privateKey())));

        var post = new HttpPost("https://ims-na1.adobelogin.com/ims/exchange/jwt");
        post.setEntity(new UrlEncodedFormEntity(List.of(
                new BasicNameValuePair("client_id", settings.clientId()),
                new BasicNameValuePair("client_secret", settings.clientSecret()),
                new BasicNameValuePair("jwt_token", jwt))));
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            String body = client.execute(post, response -> EntityUtils.toString(response.getEntity()));
            return JsonParser.parseString(body).getAsJsonObject().get("access_token").getAsString();
        }
    }
}
