import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classPathOf } from '../downloads/maven-jars.ts';
import { cachedFolder, run } from '../downloads/cache.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

const version = '4.3.1';
const artifacts = [
  { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version },
  // Kafka's logging ignores newer versions of this artifact.
  { groupId: 'org.slf4j', artifactId: 'slf4j-simple', version: '1.7.36' },
];
// Options for short runs: a quick start matters more than the speed after an hour.
const jvmOptions = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
const errorLogOption = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';

/** The Kafka program on this machine. */
export interface KafkaProgram {
  /** The command line that runs a broker. Append the path of the broker's properties file. */
  readonly brokerCommand: readonly string[];
  /** Returns a folder with storage that is formatted with the properties. Formats the storage once for each name. */
  formattedFolder(name: string, properties: (folder: string) => string): string;
}

/** Returns the class path of Kafka, with its Java client. If Java or Maven is missing, throws an error that says what to install. */
export const kafkaClassPath = (): string => classPathOf(`kafka-${version}`, artifacts);

/** Returns the program from the cache, or downloads it. If Java or Maven is missing, throws an error that says what to install. */
export function kafkaProgram(heap: string): KafkaProgram {
  const classpath = kafkaClassPath();
  const formatStorage = (file: string, cwd: string): void =>
    run(
      'java',
      [
        ...jvmOptions,
        errorLogOption,
        '-cp',
        classpath,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        file,
      ],
      cwd,
    );
  const classes = cachedFolder(`kafka-${version}-classes`, (draft) =>
    archiveClasses(classpath, draft, formatStorage),
  );
  const archive = join(classes, 'classes.jsa');
  return {
    brokerCommand: [
      'java',
      `-Xmx${heap}`,
      ...jvmOptions,
      `-XX:SharedArchiveFile=${archive}`,
      warningLogOption,
      '-cp',
      classpath,
      mainClass,
    ],
    formattedFolder: (name, properties) =>
      cachedFolder(`kafka-${version}-${name}`, (draft) => {
        const file = join(draft, 'format.properties');
        writeFileSync(file, properties(join(draft, 'data')));
        formatStorage(file, draft);
      }),
  };
}

const warningLogOption = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
const mainClass = 'kafka.Kafka';
// Any UUID in Base64 works.
const clusterId = 'dXNlci1hY3Rpdml0eS0wMQ';

/** Runs a broker once and archives its loaded classes. With the archive, later starts take half the time. */
function archiveClasses(
  classpath: string,
  folder: string,
  formatStorage: (file: string, cwd: string) => void,
): void {
  const temporary = temporaryFolder('kafka-classes');
  const home = temporary.path;
  const file = join(home, 'server.properties');
  const port = 20_000 + (process.pid % 20_000);
  writeFileSync(
    file,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${port}
listeners=PLAINTEXT://127.0.0.1:${port + 20_000},CONTROLLER://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${home}/data
`,
  );
  try {
    formatStorage(file, home);
    const archive = join(folder, 'classes.jsa');
    // A broker writes the archive only if it stops cleanly. Wait until it leads its quorum: then it has loaded enough classes.
    const script = `"$@" >/dev/null 2>&1 & pid=$!; n=0
until grep -q . "${home}/data/__cluster_metadata-0/quorum-state" 2>/dev/null && [ $n -ge 60 ]; do
kill -0 $pid || exit 1; n=$((n+1)); sleep 0.2; done
kill $pid; wait $pid; test -s "${archive}"`;
    const broker = ['java', '-Xmx256m', ...jvmOptions, errorLogOption, `-XX:ArchiveClassesAtExit=${archive}`];
    run('sh', ['-c', script, 'sh', ...broker, '-cp', classpath, mainClass, file], home);
  } finally {
    temporary.remove();
  }
}
