import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const VALID_DAYS = 825;
const DAY_MS = 86_400_000;

/** Where a data folder keeps the certificate that this installation made for itself. */
export function ownCertificateFiles(dataDir: string): { certificateFile: string; keyFile: string } {
  return {
    certificateFile: join(dataDir, 'tls', 'certificate.pem'),
    keyFile: join(dataDir, 'tls', 'key.pem'),
  };
}

/** The certificate of a data folder, made at the first start: for localhost and for this machine's own name. */
export async function loadOwnCertificate(
  dataDir: string,
  nowMs: number,
): Promise<{ certificate: string; key: string }> {
  const { certificateFile, keyFile } = ownCertificateFiles(dataDir);
  if (!existsSync(certificateFile) || !existsSync(keyFile)) {
    const made = await makeCertificate(nowMs);
    mkdirSync(join(dataDir, 'tls'), { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, made.key, { mode: 0o600 });
    writeFileSync(certificateFile, made.certificate);
  }
  return { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

async function makeCertificate(nowMs: number): Promise<{ certificate: string; key: string }> {
  // Loaded here because only the first start of an installation needs it, and it is slow to load.
  await import('reflect-metadata');
  const {
    BasicConstraintsExtension,
    PemConverter,
    SubjectAlternativeNameExtension,
    X509CertificateGenerator,
  } = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Rollcall, self-made',
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
    signingAlgorithm: ECDSA_P256,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: hostname() },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}
