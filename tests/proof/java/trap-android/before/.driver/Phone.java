import android.content.Context;
import com.acme.mobile.AdobeSession;

/** Stands in for an activity. */
class Phone {

    public static void main(String[] args) throws Exception {
        new AdobeSession(new Context()).start(new AdobeSession.Listener() {
            @Override
            public void onToken(String accessToken) {
                System.out.println("Bearer " + accessToken);
                System.exit(0);
            }

            @Override
            public void onError(String message) {
                System.out.println("error: " + message);
                System.exit(1);
            }
        });
    }
}
