import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Creates and reads lists as clients made of Java's HttpClient do: with its defaults, which offer HTTP/2. */
public class Create {
    private static final String DRAFT = "{\"external_id\": \"%s\", \"title\": \"Sales\"}";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0] + "/v1/lists";
        for (String id : new String[] {"a", "b", "a"}) {
            send(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(DRAFT.formatted(id))));
        }
        byte[] parts = DRAFT.formatted("in chunks").getBytes();
        send(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofByteArray(parts))));
        send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    private static void send(HttpRequest.Builder request) throws Exception {
        request.header("Authorization", "Bearer wk_demo_api").header("Content-Type", "application/json");
        HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.version());
    }
}
