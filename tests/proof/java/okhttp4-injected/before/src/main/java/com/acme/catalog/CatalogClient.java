package com.acme.catalog;

import com.acme.catalog.auth.AccessToken;
import com.acme.catalog.auth.TokenProvider;
import okhttp3.OkHttpClient;
import okhttp3.Request;

import java.io.IOException;

class CatalogClient {

    private final OkHttpClient http;
    private final TokenProvider tokens;

    CatalogClient(OkHttpClient http, TokenProvider tokens) {
        this.http = http;
        this.tokens = tokens;
    }

    Request dataSets() throws IOException {
        AccessToken token = tokens.current();
        System.out.println(token.getType() + " for " + Math.round(token.getExpiresInSeconds() / 3600.0) + " h");
        return http.newCall(new Request.Builder()
                .url("https://platform.adobe.io/data/foundation/catalog/dataSets")
                .header("Authorization", "Bearer " + token.getValue())
                .build()).request();
    }
}
