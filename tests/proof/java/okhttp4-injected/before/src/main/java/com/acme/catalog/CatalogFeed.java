package com.acme.catalog;

import com.acme.catalog.auth.ImsAccount;
import com.acme.catalog.auth.ImsTokenProvider;
import com.fasterxml.jackson.databind.ObjectMapper;
import okhttp3.OkHttpClient;

public class CatalogFeed {

    public static void main(String[] args) throws Exception {
        OkHttpClient http = new OkHttpClient();
        CatalogClient client = new CatalogClient(http,
                new ImsTokenProvider(http, new ObjectMapper(), ImsAccount.fromEnvironment()));
        System.out.println(client.dataSets().header("Authorization"));
    }
}
