import { spawnSync } from 'node:child_process';
import { classPathOf } from '../downloads/maven-jars.ts';

const version = '4.3.1';
/** The Java classes that Kafka's scripts in its folder `bin` run. */
const classes: Readonly<Record<string, string>> = {
  'kafka-acls.sh': 'org.apache.kafka.tools.AclCommand',
  'kafka-configs.sh': 'kafka.admin.ConfigCommand',
};

/**
 * Runs commands in bash that use `kafka-acls.sh` and `kafka-configs.sh`. Returns their output. Throws with the output if a command fails.
 * If Java or Maven is missing, throws an error that says what to install.
 */
export function runKafkaTools(commands: string, variables: Readonly<Record<string, string>>): string {
  const artifacts = ['kafka-tools', 'kafka_2.13'].map((artifactId) => ({
    groupId: 'org.apache.kafka',
    artifactId,
    version,
  }));
  const classPath = classPathOf(`kafka-tools-${version}`, artifacts);
  const java = `java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -cp '${classPath}'`;
  const scripts = Object.entries(classes).map(([script, name]) => `${script}() { ${java} ${name} "$@"; }`);
  const { status, stdout, stderr, error } = spawnSync('bash', ['-euc', [...scripts, commands].join('\n')], {
    env: { PATH: process.env['PATH'], ...variables },
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`The commands failed: ${error?.message ?? stdout + stderr}`, { cause: error });
  return stdout;
}
