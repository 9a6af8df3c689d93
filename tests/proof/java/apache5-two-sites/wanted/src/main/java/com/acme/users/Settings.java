package com.acme.users;

record Settings(String clientId, String clientSecret, String orgId) {

    static Settings fromEnvironment() {
        return new Settings(
                System.getenv("UMAPI_CLIENT_ID"),
                System.getenv("UMAPI_CLIENT_SECRET"),
                System.getenv("UMAPI_ORG_ID"));
    }
}
