// Shows in the terminal what the agents of a VDN do:
//   ROLLCALL_TOKEN=<site token> node wallboard.ts https://127.0.0.1:8043 1
// A self-made certificate is believed with NODE_EXTRA_CA_CERTS=<its file>.
import { type FeedAgent, vdnFeed } from '@rollcall/client';

const [server = 'https://127.0.0.1:8043', vdn = '1'] = process.argv.slice(2);
const token = process.env.ROLLCALL_TOKEN ?? '';
const agents = new Map<number, FeedAgent>();

for await (const item of vdnFeed({
  server,
  token,
  vdn: Number(vdn),
  onStatus: ({ status }) => draw(status),
})) {
  if (item.kind === 'ended') break;
  if (item.kind === 'picture') agents.clear();
  for (const agent of item.agents) agents.set(agent.agent, agent);
  draw('live');
}

function draw(connection: string): void {
  const signedIn = [...agents.values()].filter(({ state }) => state !== 'signedOut');
  const counts = new Map<string, number>();
  for (const { state } of signedIn) counts.set(state, (counts.get(state) ?? 0) + 1);
  const summary = [...counts].map(([state, count]) => `${state} ${count}`).join(', ');
  if (process.stdout.isTTY) console.clear();
  console.log(`${connection}: ${signedIn.length} of ${agents.size} signed in. ${summary}`);
  for (const { agent, name, state, reason } of signedIn) {
    console.log(`  ${agent} ${name} ${state}${reason === null ? '' : ` (${reason})`}`);
  }
}
