package com.acme.mocked;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jsonwebtoken.Jwts;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.message.BasicNameValuePair;
import org.apache.http.util.EntityUtils;

import java.io.IOException;
import java.security.PrivateKey;
import java.util.Date;
import java.util.List;

class AdobeLogin {

    private final String host;
    private final String clientId;
    private final String clientSecret;
    private final String org;
    private final String account;

    AdobeLogin(String host, String clientId, String clientSecret, String org, String account) {
        this.host = host;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.org = org;
        this.account = account;
    }

    String token(PrivateKey key) throws IOException {
        String jwt = Jwts.builder()
                .issuer(org)
                .subject(account)
                .claim("aud", host + "/c/" + clientId)
                .claim(host + "/s/ent_user_sdk", true)
                .expiration(new Date(System.currentTimeMillis() + 60_000))
                .signWith(key, Jwts.SIG.RS256)
                .compact();
        HttpPost post = new HttpPost(host + "/ims/exchange/jwt");
        post.setEntity(new UrlEncodedFormEntity(List.of(
                new BasicNameValuePair("client_id", clientId),
                new BasicNameValuePair("client_secret", clientSecret),
                new BasicNameValuePair("jwt_token", jwt))));
        try (CloseableHttpClient client = HttpClients.createDefault();
             CloseableHttpResponse response = client.execute(post)) {
            JsonObject json = JsonParser.parseString(EntityUtils.toString(response.getEntity())).getAsJsonObject();
            if (response.getStatusLine().getStatusCode() != 200) {
                throw new IOException(json.get("error").getAsString());
            }
            return json.get("access_token").getAsString();
        }
    }
}
