import com.acme.aem.core.AdobeTokenServiceImpl;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stands in for the OSGi container: gives the component a configuration, with defaults where the environment has none. */
class Activate {

    public static void main(String[] args) throws Exception {
        Class<?> type = AdobeTokenServiceImpl.Config.class;
        Object config = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            String value = System.getenv(method.getName());
            if (method.getName().equals("private_key")) {
                value = Files.readString(Path.of(System.getenv("private_key_file"))).replaceAll("-----[^-]+-----", "");
            }
            return value != null ? value : method.getDefaultValue();
        });
        AdobeTokenServiceImpl service = new AdobeTokenServiceImpl();
        Method activate = AdobeTokenServiceImpl.class.getDeclaredMethod("activate", type);
        activate.setAccessible(true);
        activate.invoke(service, config);
        System.out.println("token " + service.getAccessToken());
    }
}
