import { readFileSync } from 'node:fs';

/** The TLS options of every reference server, the same as the gateway's own (decision 0005). */
export function tlsOptions([certificateFile, keyFile]: readonly string[]) {
  if (certificateFile === undefined || keyFile === undefined) {
    throw new Error('a reference server is started with a certificate and its key');
  }
  return {
    cert: readFileSync(certificateFile),
    key: readFileSync(keyFile),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  } as const;
}

/** As long as the gateway keeps an idle connection. */
export const KEEP_ALIVE_MS = 75_000;

/** Prints where the server listens, in the words of the gateway. */
export function announce(address: string | { readonly port: number } | null): void {
  if (address === null || typeof address === 'string') throw new Error('a reference listens on a TCP port');
  process.stdout.write(`ready at https://127.0.0.1:${address.port}/\n`);
}
