package com.acme.catalog.auth;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.util.concurrent.TimeUnit;

@JsonIgnoreProperties(ignoreUnknown = true)
public class AccessToken {

    @JsonProperty("access_token")
    private String value;
    @JsonProperty("token_type")
    private String type;
    @JsonProperty("expires_in")
    private long expiresIn;

    public String getValue() {
        return value;
    }

    public String getType() {
        return type;
    }

    public long getExpiresInSeconds() {
        return TimeUnit.MILLISECONDS.toSeconds(expiresIn);
    }
}
