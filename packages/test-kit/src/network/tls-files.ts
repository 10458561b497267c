import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, run } from '../downloads/cache.ts';

/** Files in PEM for servers on the loopback interface. */
export interface TlsFiles {
  /** The certificate, for 127.0.0.1. It is signed by itself, so clients trust it as an authority. */
  readonly certificate: string;
  /** The private key and the certificate. */
  readonly keyAndCertificate: string;
}

/** Makes a key and a certificate in the folder. Throws an error that says what to install if openssl is missing. */
export function makeTlsFiles(folder: string): TlsFiles {
  if (!isInstalled('openssl', 'version'))
    throw new Error('There is no openssl on the PATH: install OpenSSL.');
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  run('openssl', ['req', '-x509', ...newKey, ...name, '-days', '30', '-out', certificate], folder);
  const keyAndCertificate = join(folder, 'key-and-certificate.pem');
  writeFileSync(keyAndCertificate, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
  return { certificate, keyAndCertificate };
}
