package com.acme.plugin;

import java.io.InputStream;
import java.util.Properties;

public class Host {

    public static void main(String[] args) throws Exception {
        Properties plugin = new Properties();
        try (InputStream in = Host.class.getResourceAsStream("/plugin.properties")) {
            plugin.load(in);
        }
        Class<?> auth = Class.forName(plugin.getProperty("auth.class"));
        Object assertion = auth.getMethod(plugin.getProperty("auth.assertion.method")).invoke(null);
        Object token = auth.getMethod(plugin.getProperty("auth.token.method"), String.class).invoke(null, assertion);
        System.out.println("plug-in says " + token);
    }
}
