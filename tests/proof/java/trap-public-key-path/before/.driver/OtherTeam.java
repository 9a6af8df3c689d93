import com.acme.login.AdobeLogin;
import com.acme.login.JwtLogin;

import java.io.IOException;
import java.nio.file.Path;

/** Calls and implements the interface as it was published. */
class OtherTeam implements AdobeLogin {

    @Override
    public String login(String clientId, String clientSecret, String account, Path privateKey) throws IOException {
        return "none for " + account + " with " + privateKey.getFileName();
    }

    private static String env(String name) {
        return System.getenv(name);
    }

    public static void main(String[] args) throws IOException {
        System.out.println(new JwtLogin(env("ORG_ID")).login(env("CLIENT_ID"), env("CLIENT_SECRET"), env("ACCOUNT"), Path.of(env("KEY_FILE"))));
        System.out.println(new OtherTeam().login(env("CLIENT_ID"), env("CLIENT_SECRET"), env("ACCOUNT"), Path.of("other.key")));
    }
}
