import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { classPathOf } from '../downloads/maven-jars.ts';

const version = '3.5.4';

/**
 * Runs a Java program that is a single file, with Segment's SDK for Java on its class path. Resolves with what it prints. Rejects if
 * it fails. If Java or Maven is missing, rejects with an error that says what to install.
 */
export async function runWithSegmentJava(file: string, ...args: readonly string[]): Promise<string> {
  const classPath = classPathOf(`segment-java-${version}`, [
    { groupId: 'com.segment.analytics.java', artifactId: 'analytics', version },
  ]);
  const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx128m', '-cp', classPath];
  const { stdout } = await promisify(execFile)('java', [...options, file, ...args], { timeout: 120_000 });
  return stdout;
}
