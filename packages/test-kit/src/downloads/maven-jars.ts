import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, isInstalled, run } from './cache.ts';

/** An artifact on Maven Central. */
export interface Artifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
}

const dependencyXml = ({ groupId, artifactId, version }: Artifact): string =>
  `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;

/**
 * Returns a class path of the artifacts and their dependencies. Downloads them once. Throws an error that says what to install if Java or
 * Maven is missing.
 */
export function classPathOf(cacheName: string, artifacts: readonly Artifact[]): string {
  if (!isInstalled('java', '-version'))
    throw new Error('There is no java on the PATH: install Java 17 or later.');
  const folder = cachedFolder(cacheName, (draft) => {
    if (!isInstalled('mvn', '-v')) throw new Error('There is no mvn on the PATH: install Maven 3.');
    const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>jars</artifactId><version>1</version>
<dependencies>
${artifacts.map(dependencyXml).join('\n')}
</dependencies></project>
`;
    writeFileSync(join(draft, 'pom.xml'), pom);
    run(
      'mvn',
      ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
      draft,
    );
  });
  return join(folder, 'lib', '*');
}
