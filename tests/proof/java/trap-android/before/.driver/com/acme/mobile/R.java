package com.acme.mobile;

/** A stub of what the build of Android generates. */
public final class R {

    public static final String[] NAMES = {
        "adobe_client_id", "adobe_client_secret", "adobe_org_id", "adobe_technical_account", "adobe_private_key",
    };

    public static final class string {
        public static final int adobe_client_id = 0;
        public static final int adobe_client_secret = 1;
        public static final int adobe_org_id = 2;
        public static final int adobe_technical_account = 3;
        public static final int adobe_private_key = 4;
    }
}
