import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { Gateway } from '../../src/gateway.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { ownCertificateFiles } from '../../src/platform/self-made-certificate.ts';
import { freePort } from '../support/free-port.ts';
import { exchange, openRawConnection } from '../support/raw-connection.ts';
import { load, TEST_SITE } from '../support/running-gateway.ts';
import { WireClient } from '../support/wire-client.ts';

/** A gateway whose start and whose verifications wait for the test. */
async function withSlowGateway(
  use: (parts: {
    gateway: Gateway;
    port: number;
    certificate: () => string;
    verifying: Promise<void>;
    release: () => void;
  }) => Promise<void>,
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-phases-'));
  const port = await freePort();
  const settings = { ROLLCALL_HOST: '127.0.0.1', ROLLCALL_PORT: String(port), ROLLCALL_DATA_DIR: dataDir };
  const config = readConfig('site', settings);
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const hashing: PasswordHashing = {
    ...argon2Hashing,
    verify: async () => {
      reached.resolve();
      await gate.promise;
      return false;
    },
  };
  await load(config, TEST_SITE);
  const gateway = new Gateway(config, createLogger('silent'), { hashing });
  const certificate = () => readFileSync(ownCertificateFiles(dataDir).certificateFile, 'utf8');
  try {
    await use({ gateway, port, certificate, verifying: reached.promise, release: gate.resolve });
  } finally {
    gate.resolve();
    await gateway.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

describe('a server that does not serve yet, or no longer', () => {
  it('while it starts refuses sign-ins and lets other calls wait for the store [SI-21] [OA-6]', async () => {
    await withSlowGateway(async ({ gateway, port, certificate }) => {
      const listening = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      const started = gateway.start(async () => {
        listening.resolve();
        await opened.promise;
      });
      await listening.promise;
      const client = new WireClient(port, certificate());
      const early = await client.signInAnswer(291);
      expect(early.json()).toMatchObject({ retcode: '100-003', message: 'the server is starting' });
      expect(early.headers['retry-after']).toBe('1');
      expect((await client.signInAnswer(291, { agenttype: 7 })).json().retcode).toBe('100-012');
      for (const name of ['openapi/gateway.json', 'openapi/admin.json', 'docs']) {
        const told = await client.send({ method: 'GET', path: `/api/v1/${name}`, absolute: true });
        expect(told.status, name).toBe(200);
      }
      const waiting = client.call('POST', '/onlineagent/291/sayfree', '00000000-0000-0000-0000-000000000000');
      opened.resolve();
      await started;
      expect(await waiting).toBe('100-006');
      expect((await client.signInAnswer(291)).json().retcode).toBe('0');
      client.close();
    });
  });

  it('while it stops finishes what was begun and refuses sign-ins [SI-21] [WI-3]', async () => {
    await withSlowGateway(async ({ gateway, port, certificate, verifying, release }) => {
      await gateway.start();
      const ask = async (workNumber: number, body: string) => {
        const socket = await openRawConnection({ port, certificate: certificate() });
        const head = `PUT /agentgateway/resource/onlineagent/${workNumber}/loginex HTTP/1.1\r\nHost: x\r\n`;
        return { socket, text: `${head}Content-Length: ${body.length}\r\n\r\n${body}` };
      };
      const begun = await ask(301, '{"password":"x"}');
      const late = await ask(291, '{"password":""}');
      const begunAnswer = exchange(begun.socket, begun.text);
      // The head of the second request has arrived when the stop begins, the rest of it comes later.
      late.socket.write(late.text.slice(0, -4));
      await verifying;
      const stopped = gateway.stop();
      const lateAnswer = await exchange(late.socket, late.text.slice(-4));
      release();
      expect(lateAnswer).toMatch(
        /Connection: close\r\n.*"message":"the server is draining","retcode":"100-003"}$/s,
      );
      expect(await begunAnswer).toMatch(/Connection: close\r\n.*"retcode":"100-004"}$/s);
      await stopped;
    });
  });
});
