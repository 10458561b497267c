import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes to partition 0 of a topic with Kafka's own producer: `java JavaProducer.java BROKERS TOPIC STEP...`. A step is a command and
 * arguments, with colons between them: `begin:A`, `send:A:value`, `abort:A`, `commit:A` for the transactions of the producer A;
 * `batch:codec:value:value...` for values in one batch without a transaction; `large:bytes` for a record of this size.
 */
class JavaProducer {
  static final Map<String, Producer<byte[], byte[]>> producers = new HashMap<>();
  static String brokers;
  static String topic;

  public static void main(String[] args) throws Exception {
    brokers = args[0];
    topic = args[1];
    for (var step : Arrays.asList(args).subList(2, args.length)) {
      var words = List.of(step.split(":"));
      switch (words.get(0)) {
        case "begin" -> transactional(words.get(1)).beginTransaction();
        case "send" -> transactional(words.get(1)).send(record(words.get(2).getBytes(StandardCharsets.UTF_8))).get();
        case "abort" -> transactional(words.get(1)).abortTransaction();
        case "commit" -> transactional(words.get(1)).commitTransaction();
        case "batch" -> batch(words.get(1), words.subList(2, words.size()));
        case "large" -> batch("none", List.of("x".repeat(Integer.parseInt(words.get(1)))));
        default -> throw new IllegalArgumentException(step);
      }
    }
    producers.values().forEach(Producer::close);
  }

  static Producer<byte[], byte[]> transactional(String name) {
    return producers.computeIfAbsent(name, key -> {
      var producer = producer(Map.of("transactional.id", topic + "-" + key));
      producer.initTransactions();
      return producer;
    });
  }

  static void batch(String codec, List<String> values) throws Exception {
    var sent = new ArrayList<Future<RecordMetadata>>();
    try (var producer = producer(Map.of("compression.type", codec, "linger.ms", "60000", "batch.size", "1000000"))) {
      for (var value : values) sent.add(producer.send(record(value.getBytes(StandardCharsets.UTF_8))));
      producer.flush();
    }
    for (var each : sent) each.get();
  }

  static Producer<byte[], byte[]> producer(Map<String, Object> options) {
    var config = new HashMap<String, Object>(options);
    config.put("bootstrap.servers", brokers);
    config.put("delivery.timeout.ms", 120_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static ProducerRecord<byte[], byte[]> record(byte[] value) {
    return new ProducerRecord<>(topic, 0, null, value);
  }
}
