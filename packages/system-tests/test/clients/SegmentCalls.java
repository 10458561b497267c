import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.*;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends one call of each kind with Segment's SDK for Java: `java SegmentCalls.java WRITE-KEY ENDPOINT`. */
class SegmentCalls {
  public static void main(String[] args) throws Exception {
    var calls = List.of(
        IdentifyMessage.builder().userId("u").traits(Map.of("plan", "pro")).timestamp(when(1)),
        TrackMessage.builder("Order Completed").userId("u").anonymousId("a").timestamp(when(2))
            .properties(Map.of("total", 12.5)).context(Map.of("ip", "127.0.0.1")),
        PageMessage.builder("Home").anonymousId("a").properties(Map.of("url", "/")).timestamp(when(3)),
        ScreenMessage.builder("Main").userId("u").timestamp(when(4)),
        GroupMessage.builder("g").userId("u").traits(Map.of("seats", 5)).timestamp(when(5)),
        AliasMessage.builder("a").userId("u").timestamp(when(6)));
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var left = new CountDownLatch(calls.size());
    var callback = new Callback() {
      public void success(Message message) {
        left.countDown();
      }

      public void failure(Message message, Throwable throwable) {
        failures.add(throwable);
        left.countDown();
      }
    };
    var analytics = Analytics.builder(args[0]).endpoint(args[1]).callback(callback).build();
    for (var call : calls) analytics.enqueue(call);
    analytics.flush();
    var isDone = left.await(60, TimeUnit.SECONDS);
    analytics.shutdown();
    if (!isDone || !failures.isEmpty()) {
      System.err.println("not sent: " + failures);
      System.exit(1);
    }
    System.exit(0);
  }

  static Date when(int second) {
    return Date.from(Instant.parse("2026-01-02T03:04:00Z").plusSeconds(second));
  }
}
