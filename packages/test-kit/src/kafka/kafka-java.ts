import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { kafkaClassPath } from './kafka-program.ts';

/**
 * Runs a Java program that is a single file, with Kafka's classes on its class path, and with `input` as its standard input. Resolves with
 * the bytes that it prints. Rejects if it fails. If Java or Maven is missing, rejects with an error that says what to install.
 */
export async function runWithKafkaJava(
  file: string,
  args: readonly string[],
  input: Buffer = Buffer.alloc(0),
): Promise<Buffer> {
  const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', kafkaClassPath()];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  const program = spawn('java', [...options, quiet, file, ...args], { timeout: 240_000 });
  const ended = new Promise<number | null>((resolve, reject) => {
    program.on('close', resolve);
    program.on('error', reject);
  });
  // If the program fails, it leaves its input unread, which is an error of the stream.
  program.stdin.on('error', () => undefined);
  program.stdin.end(input);
  const [code, output, errors] = await Promise.all([ended, buffer(program.stdout), text(program.stderr)]);
  if (code !== 0) throw new Error(`java ${file} failed: ${errors}`);
  return output;
}
