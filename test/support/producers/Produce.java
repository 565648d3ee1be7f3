import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer of one's own: `Produce BROKERS TOPIC`, and `CODEC SCHEMA END FILE` for each batch. SCHEMA is `json`, or the
 * Avro schema by which values are encoded; END is `plain`, or how a transaction around the batch ends.
 */
public class Produce {
  public static void main(String[] args) throws Exception {
    for (int at = 2; at < args.length; at += 4) {
      Map<String, Object> settings = new HashMap<>();
      settings.put("bootstrap.servers", args[0]);
      settings.put("compression.type", args[at]);
      settings.put("linger.ms", 20);
      if (!args[at + 2].equals("plain")) settings.put("transactional.id", args[1] + "-" + at);
      try (var producer =
          new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
        var records = read(args[1], args[at + 1], Path.of(args[at + 3]));
        switch (args[at + 2]) {
          case "plain" -> send(producer, records);
          case "commit" -> {
            begin(producer, records);
            producer.commitTransaction();
          }
          case "abort" -> {
            begin(producer, records);
            producer.abortTransaction();
          }
          default -> throw new IllegalArgumentException(args[at + 2] + "; expected plain, commit or abort");
        }
      }
    }
  }

  private static void begin(
      Producer<String, byte[]> producer, List<ProducerRecord<String, byte[]>> records) throws Exception {
    producer.initTransactions();
    producer.beginTransaction();
    send(producer, records);
  }

  private static void send(
      Producer<String, byte[]> producer, List<ProducerRecord<String, byte[]>> records) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (var record : records) sent.add(producer.send(record));
    producer.flush();
    for (var each : sent) each.get();
  }

  /** A line has partition, key and value between tabs; `-` is none. */
  private static List<ProducerRecord<String, byte[]>> read(String topic, String schema, Path path)
      throws IOException {
    var isJson = schema.equals("json");
    var avro = isJson ? null : new Schema.Parser().parse(Path.of(schema).toFile());
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (var line : Files.readAllLines(path)) {
      var parts = line.split("\t", 3);
      var partition = parts[0].equals("-") ? null : Integer.valueOf(parts[0]);
      var key = parts[1].equals("-") ? null : parts[1];
      var value = isJson ? parts[2].getBytes(StandardCharsets.UTF_8) : encode(avro, parts[2]);
      records.add(new ProducerRecord<>(topic, partition, key, value));
    }
    return records;
  }

  private static byte[] encode(Schema schema, String json) throws IOException {
    GenericRecord value =
        new GenericDatumReader<GenericRecord>(schema)
            .read(null, DecoderFactory.get().jsonDecoder(schema, json));
    ByteBuffer bytes = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(value);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }
}
