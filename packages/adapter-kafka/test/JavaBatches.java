import java.io.*;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.*;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.*;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;

/**
 * Writes or reads record batches with Kafka's own classes, from standard input to standard output.
 * `read`: each input is a batch with its length; each output is its records with their number.
 * `write`: each input is a codec, a first offset and the records with their number; each output is the batch with its length.
 * `compact`: as `write`, but the cleaner of Kafka's log then removes each record without a value.
 */
class JavaBatches {
  static final DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
  static final DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));

  public static void main(String[] args) throws Exception {
    for (int size; (size = sizeOrEnd()) >= 0; ) {
      if (args[0].equals("read")) read(in.readNBytes(size));
      else writeBytes(bytesOf(args[0].equals("compact") ? compacted(write(size)) : write(size)));
    }
    out.flush();
  }

  static void read(byte[] bytes) throws IOException {
    var records = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
    int count = 0;
    for (var batch : records.batches()) {
      batch.ensureValid();
      count += batch.countOrNull();
    }
    out.writeInt(count);
    for (var record : records.records()) {
      out.writeLong(record.offset());
      out.writeLong(record.timestamp());
      writeBytes(record.hasKey() ? bytesOf(record.key()) : null);
      writeBytes(record.hasValue() ? bytesOf(record.value()) : null);
      out.writeInt(record.headers().length);
      for (Header header : record.headers()) {
        writeBytes(header.key().getBytes(StandardCharsets.UTF_8));
        writeBytes(header.value());
      }
    }
  }

  static MemoryRecords write(int count) throws IOException {
    var codec = Compression.of(CompressionType.forId(in.readByte())).build();
    var builder = MemoryRecords.builder(
        ByteBuffer.allocate(1024), RecordBatch.CURRENT_MAGIC_VALUE, codec, TimestampType.CREATE_TIME, in.readLong());
    for (int index = 0; index < count; index += 1) {
      long timestamp = in.readLong();
      byte[] key = readBytes();
      byte[] value = readBytes();
      var headers = new Header[in.readInt()];
      for (int place = 0; place < headers.length; place += 1)
        headers[place] = new RecordHeader(new String(readBytes(), StandardCharsets.UTF_8), readBytes());
      builder.append(timestamp, key, value, headers);
    }
    return builder.build();
  }

  static MemoryRecords compacted(MemoryRecords records) {
    var target = ByteBuffer.allocate(records.sizeInBytes() + 1024);
    records.filterTo(new MemoryRecords.RecordFilter(0, 0) {
      @Override protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, false);
      }
      @Override protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        return record.hasValue();
      }
    }, target, BufferSupplier.NO_CACHING);
    target.flip();
    return MemoryRecords.readableRecords(target);
  }

  static int sizeOrEnd() throws IOException {
    try {
      return in.readInt();
    } catch (EOFException end) {
      return -1;
    }
  }

  static byte[] bytesOf(MemoryRecords records) { return bytesOf(records.buffer()); }

  static byte[] bytesOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static byte[] readBytes() throws IOException {
    int length = in.readInt();
    return length < 0 ? null : in.readNBytes(length);
  }

  static void writeBytes(byte[] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) out.write(bytes);
  }
}
