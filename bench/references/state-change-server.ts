/** Reference of P3: bare Fastify that answers a PUT as long as a state change is answered. Fixed by decision 0005. */
import Fastify from 'fastify';
import { announce, KEEP_ALIVE_MS, tlsOptions } from './tls-options.ts';

/** Bytes, because Fastify adds a charset to the type of a text, which a state change's answer does not have. */
const BODY = Buffer.from('{"message":"","retcode":"0"}');

const server = Fastify({ https: tlsOptions(process.argv.slice(2)), keepAliveTimeout: KEEP_ALIVE_MS });
server.put('/agentgateway/resource/onlineagent/:agentid/:change', async (_request, reply) =>
  reply.header('Content-Type', 'application/json').send(BODY),
);
await server.listen({ host: '127.0.0.1', port: 0 });
announce(server.server.address());
process.once('SIGTERM', () => process.exit(0));
