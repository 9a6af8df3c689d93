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

    public static void main(String[] args) throws IOException {
        System.out.println(new JwtLogin("12345@AdobeOrg").login(args[0], args[1], args[2], Path.of(args[3])));
        System.out.println(new OtherTeam().login(args[0], args[1], args[2], Path.of("other.key")));
    }
}
