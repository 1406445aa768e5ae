/** Reference of P2: bare node:https that answers a PUT as long as a sign-in is answered. Fixed by decision 0005. */
import { createServer } from 'node:https';
import { announce, KEEP_ALIVE_MS, tlsOptions } from './tls-options.ts';

const GUID = '00000000-0000-0000-0000-000000000000.AgentGateway1';
const BODY =
  '{"message":"","retcode":"0","result":{"vdnid":1,"workno":"1001","mediatype":"TTF",' +
  '"loginTime":"1700000000000","isForceChange":"false","serverName":"AgentGateway","timeRemaining":"89"}}';
const HEADERS = [
  ['Set-GUID', `JSESSIONID=${GUID}`],
  ['Guid', GUID],
  ['Set-Cookie', `JSESSIONID=${GUID}; Path=/agentgateway; Secure; HttpOnly; SameSite=Strict`],
  ['Content-Type', 'application/json'],
  ['Content-Length', String(BODY.length)],
].flat();

const options = { ...tlsOptions(process.argv.slice(2)), keepAliveTimeout: KEEP_ALIVE_MS };
const server = createServer(options, (request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, HEADERS);
    response.end(BODY);
  });
});
server.listen(0, '127.0.0.1', () => announce(server.address()));
process.once('SIGTERM', () => process.exit(0));
