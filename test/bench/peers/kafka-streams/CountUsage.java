import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Sums of a topic's JSON events per client, integration, hour and status class: Kafka Streams, exactly-once, in-memory
 * store with its changelog, nothing written anywhere else. The topic is partitioned by client, so no repartitioning.
 * Arguments: brokers, topic, number of events, threads. Prints when it begins, when everything is committed, the totals.
 */
public class CountUsage {
  private static final String STORE = "usage";
  private static final JsonFactory JSON = new JsonFactory();
  private static final long HOUR_MS = 3_600_000;

  private static final AtomicLong consumed = new AtomicLong();
  private static final AtomicLong firstAssignedMs = new AtomicLong();
  private static final CountDownLatch allConsumed = new CountDownLatch(1);
  private static final AtomicLong requests = new AtomicLong();
  private static final AtomicLong requestBytes = new AtomicLong();
  private static final AtomicLong responseBytes = new AtomicLong();
  private static final AtomicLong cells = new AtomicLong();

  public static void main(String[] args) throws Exception {
    long events = Long.parseLong(args[2]);
    var builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), sumsSerde())
            .withCachingEnabled()
            .withLoggingEnabled(Map.of()));
    builder
        .stream(args[1], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .process(() -> new Count(events), STORE);
    var streams = new KafkaStreams(builder.build(), settings(args[0], args[1], args[3]));
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
          return null;
        });
    streams.start();
    allConsumed.await();
    // Commits what is open, and its changelog, before it returns.
    if (!streams.close(java.time.Duration.ofSeconds(60))) throw new IllegalStateException("not closed within 60 s");
    long countingMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstAssignedMs.get());
    System.out.printf(
        "{\"countingMs\":%d,\"requests\":%d,\"requestBytes\":%d,\"responseBytes\":%d,\"cells\":%d}%n",
        countingMs, requests.get(), requestBytes.get(), responseBytes.get(), cells.get());
    System.exit(0);
  }

  private static Properties settings(String brokers, String topic, String threads) throws Exception {
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, topic + ".streams." + ProcessHandle.current().pid());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("streams").toString());
    // Tuned for throughput: a commit a second instead of ten, and few writes of one key per commit.
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L * 1024 * 1024);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    settings.put(StreamsConfig.consumerPrefix("max.poll.records"), 10_000);
    settings.put(StreamsConfig.producerPrefix("batch.size"), 256 * 1024);
    return settings;
  }

  private record Sums(long requests, long requestBytes, long responseBytes) {
    Sums plus(long moreRequestBytes, long moreResponseBytes) {
      return new Sums(requests + 1, requestBytes + moreRequestBytes, responseBytes + moreResponseBytes);
    }
  }

  private static Serde<Sums> sumsSerde() {
    return Serdes.serdeFrom(
        (topic, sums) ->
            sums == null
                ? null
                : ByteBuffer.allocate(24)
                    .putLong(sums.requests)
                    .putLong(sums.requestBytes)
                    .putLong(sums.responseBytes)
                    .array(),
        (topic, bytes) -> {
          if (bytes == null) return null;
          var buffer = ByteBuffer.wrap(bytes);
          return new Sums(buffer.getLong(), buffer.getLong(), buffer.getLong());
        });
  }

  private static class Count implements Processor<byte[], byte[], Void, Void> {
    private static final Sums NONE = new Sums(0, 0, 0);
    private final long events;
    private KeyValueStore<String, Sums> usage;

    Count(long events) {
      this.events = events;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      firstAssignedMs.compareAndSet(0, System.nanoTime());
      usage = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      try {
        count(record.value());
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
      if (consumed.incrementAndGet() == events) allConsumed.countDown();
    }

    /** The store is still open, and holds what is only in its cache as well. */
    @Override
    public void close() {
      try (var entries = usage.all()) {
        while (entries.hasNext()) {
          var sums = entries.next().value;
          cells.incrementAndGet();
          requests.addAndGet(sums.requests);
          requestBytes.addAndGet(sums.requestBytes);
          responseBytes.addAndGet(sums.responseBytes);
        }
      }
    }

    private void count(byte[] json) throws java.io.IOException {
      String client = "";
      String integration = "";
      long timeMs = 0;
      int status = 0;
      long eventRequestBytes = 0;
      long eventResponseBytes = 0;
      try (JsonParser parser = JSON.createParser(json)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          parser.nextToken();
          switch (field) {
            case "client_id" -> client = parser.getText();
            case "integration_id" -> integration = parser.getText();
            case "time" -> timeMs = parser.getLongValue();
            case "status" -> status = parser.getIntValue();
            case "request_bytes" -> eventRequestBytes = parser.getLongValue();
            case "response_bytes" -> eventResponseBytes = parser.getLongValue();
            default -> parser.skipChildren();
          }
        }
      }
      String key = client + '\n' + integration + '\n' + timeMs / HOUR_MS + '\n' + status / 100;
      Sums sums = usage.get(key);
      usage.put(key, (sums == null ? NONE : sums).plus(eventRequestBytes, eventResponseBytes));
    }
  }
}
