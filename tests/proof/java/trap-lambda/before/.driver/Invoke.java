import com.acme.lambda.TokenHandler;

import java.util.Map;

/** Stands in for the Lambda runtime. */
class Invoke {

    public static void main(String[] args) {
        System.out.println(new TokenHandler().handleRequest(Map.of("prefix", "Bearer "), null));
    }
}
