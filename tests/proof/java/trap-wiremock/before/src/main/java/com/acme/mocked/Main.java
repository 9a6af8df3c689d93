package com.acme.mocked;

import java.nio.file.Path;

public class Main {

    public static void main(String[] args) throws Exception {
        String host = System.getenv().getOrDefault("ADOBE_IMS_HOST", "https://ims-na1.adobelogin.com");
        AdobeLogin login = new AdobeLogin(host, System.getenv("ADOBE_CLIENT_ID"), System.getenv("ADOBE_CLIENT_SECRET"),
                System.getenv("ADOBE_ORG_ID"), System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"));
        System.out.println(login.token(Keys.read(Path.of(System.getenv("ADOBE_PRIVATE_KEY_FILE")))));
    }
}
