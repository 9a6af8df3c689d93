package com.acme.users;

import java.nio.file.Path;

record Settings(String clientId, String clientSecret, String orgId, String technicalAccountId, Path privateKey) {

    static Settings fromEnvironment() {
        return new Settings(
                System.getenv("UMAPI_CLIENT_ID"),
                System.getenv("UMAPI_CLIENT_SECRET"),
                System.getenv("UMAPI_ORG_ID"),
                System.getenv("UMAPI_TECH_ACCOUNT"),
                Path.of(System.getenv("UMAPI_PRIVATE_KEY")));
    }
}
