import type { TlsFiles } from '../network/tls-files.ts';

/** The name and the password of a client. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a broker requires of its clients. By default, nothing. */
export interface ClientAccess {
  /** Clients log in with these, by SASL PLAIN. */
  readonly credentials?: Credentials | undefined;
  /** Clients use TLS, log in by SASL SCRAM-SHA-512, and may do only what ACLs allow. */
  readonly secured?: TlsFiles | undefined;
}

/** Returns the broker properties that require this access on the listener CLIENTS. The other listeners need no login. */
export function accessProperties({ credentials, secured }: ClientAccess): Readonly<Record<string, string>> {
  if (secured !== undefined) return { ...protocolOf('SASL_SSL'), ...securedProperties(secured) };
  if (credentials !== undefined) return { ...protocolOf('SASL_PLAINTEXT'), ...saslProperties(credentials) };
  return protocolOf('PLAINTEXT');
}

const protocolOf = (protocol: string): Readonly<Record<string, string>> => ({
  'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENTS:${protocol}`,
});

const logins = 'org.apache.kafka.common.security';

function saslProperties({ username, password }: Credentials): Readonly<Record<string, string>> {
  const login = `${logins}.plain.PlainLoginModule required`;
  return {
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.clients.plain.sasl.jaas.config': `${login} username="${username}" password="${password}" user_${username}="${password}";`,
  };
}

const securedProperties = ({ keyAndCertificate }: TlsFiles): Readonly<Record<string, string>> => ({
  'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
  'listener.name.clients.scram-sha-512.sasl.jaas.config': `${logins}.scram.ScramLoginModule required;`,
  'listener.name.clients.ssl.keystore.type': 'PEM',
  'listener.name.clients.ssl.keystore.location': keyAndCertificate,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  // The brokers themselves and clients of `directBrokers` do not log in, so they are ANONYMOUS.
  'super.users': 'User:ANONYMOUS',
});
