package io.acme.adobe;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Date;

/**
 * Entry point of the library.
 *
 * @since 1.0
 */
public final class AdobeClient {

    private final Builder settings;

    private AdobeClient(Builder settings) {
        this.settings = settings;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Asks for a new access token.
     *
     * @return the answer of IMS
     * @throws IOException if IMS cannot be reached or refuses
     */
    public Token requestToken() throws IOException {
        String form = "client_id=" + URLEncoder.encode(settings.clientId, "UTF-8")
                + "&client_secret=" + URLEncoder.encode(settings.clientSecret, "UTF-8")
                + "&jwt_token=" + URLEncoder.encode(assertion(), "UTF-8");
        HttpURLConnection connection = (HttpURLConnection) new URL(settings.imsHost + "/ims/exchange/jwt").openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(form.getBytes(StandardCharsets.UTF_8));
        }
        try (Reader reader = new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Token.class);
        }
    }

    private String assertion() {
        return Jwts.builder()
                .setIssuer(settings.organization)
                .setSubject(settings.technicalAccount)
                .setAudience(settings.imsHost + "/c/" + settings.clientId)
                .setExpiration(new Date(System.currentTimeMillis() + 60_000))
                .claim(settings.imsHost + "/s/" + settings.metascope, true)
                .signWith(settings.privateKey, SignatureAlgorithm.RS256)
                .compact();
    }

    /** What IMS answers. */
    public static final class Token {

        @SerializedName("access_token")
        private String accessToken;
        @SerializedName("expires_in")
        private long expiresIn;

        public String accessToken() {
            return accessToken;
        }

        /** How long the token is valid, in milliseconds. */
        public long expiresInMillis() {
            return expiresIn;
        }
    }

    /** Collects the settings. */
    public static final class Builder {

        private String imsHost = "https://ims-na1.adobelogin.com";
        private String clientId;
        private String clientSecret;
        private String organization;
        private String technicalAccount;
        private String metascope;
        private PrivateKey privateKey;

        private Builder() {
        }

        public Builder imsHost(String value) {
            imsHost = value;
            return this;
        }

        public Builder credentials(String id, String secret) {
            clientId = id;
            clientSecret = secret;
            return this;
        }

        public Builder organization(String value) {
            organization = value;
            return this;
        }

        public Builder technicalAccount(String value) {
            technicalAccount = value;
            return this;
        }

        public Builder metascope(String value) {
            metascope = value;
            return this;
        }

        public Builder privateKey(PrivateKey value) {
            privateKey = value;
            return this;
        }

        public AdobeClient build() {
            return new AdobeClient(this);
        }
    }
}
