/** Signs agent 291 in by the generated client and prints its state; a test copies this beside what was generated. */
import createClient from 'openapi-fetch';
import type { paths } from './gateway.ts';

const [baseUrl = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });
const agent = { agentid: '291' };

const signedIn = await client.PUT('/onlineagent/{agentid}/loginex', {
  params: { path: agent },
  body: { password: '', phonenum: '40038', status: 3 },
});
if (signedIn.data?.retcode !== '0') throw new TypeError(`not signed in: ${signedIn.data?.message}`);
// The code has told the compiler that there is a result.
const { workno, vdnid } = signedIn.data.result;

const Guid = signedIn.response.headers.get('Guid') ?? '';
const status = await client.GET('/onlineagent/{agentid}/agentstatus', {
  params: { path: agent, header: { Guid } },
});
if (status.data?.retcode !== '0') throw new TypeError(`no state: ${status.data?.retcode}`);
const { agentState, isWorking } = status.data.result;

const refused = await client.POST('/onlineagent/{agentid}/cancelrest', {
  params: { path: agent, header: { Guid } },
});
console.log(JSON.stringify({ workno, vdnid, agentState, isWorking, refused: refused.data?.retcode }));
