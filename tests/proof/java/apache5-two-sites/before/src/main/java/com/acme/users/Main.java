package com.acme.users;

public class Main {
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.fromEnvironment();
        System.out.println(new UserExport(settings).start());
        System.out.println(new GroupImport(settings).start());
    }
}
