// Signs an agent in, prints its events, and signs it out on Ctrl-C:
//   node sign-in-and-listen.ts https://127.0.0.1:8043 291
// A self-made certificate is believed with NODE_EXTRA_CA_CERTS=<its file>; the password comes from ROLLCALL_PASSWORD.
import { Refusal, signIn } from '@rollcall/client';

const [server = 'https://127.0.0.1:8043', workNumber = '291'] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  const session = await signIn({
    server,
    workNumber: Number(workNumber),
    password: process.env.ROLLCALL_PASSWORD ?? '',
    forced: true,
  });
  console.log(`agent ${session.workNumber} of VDN ${session.signedIn.vdn} is signed in`);
  try {
    for await (const item of session.events({ signal: stop.signal })) {
      if (item.kind === 'event') console.log(item.position, item.eventType, JSON.stringify(item.content));
      else if (item.kind === 'notRecovered') console.log('some events are gone; now:', item.present?.state);
      else console.log('the session is over:', item.end);
    }
  } catch (cause) {
    if (!stop.signal.aborted) throw cause;
    await session.signOut();
    console.log('signed out');
  }
} catch (cause) {
  if (!(cause instanceof Refusal)) throw cause;
  console.error(`${cause.meaning} (${cause.code}). ${cause.remedy}`);
  process.exitCode = 1;
}
