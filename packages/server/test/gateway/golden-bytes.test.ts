import { describe, expect, it } from 'vitest';
import { withGateway } from '../support/running-gateway.ts';

const PHONE = '40038';

describe('the bytes of each kind of answer', () => {
  it('are these and no others [WI-16] [WI-7] [WI-8] [WI-35] [AS-2]', async () => {
    await withGateway({}, async ({ client }) => {
      const signedIn = await client.signInAnswer(291, { phonenum: PHONE, status: 5 });
      const { guid } = signedIn.headers;
      const { loginTime } = signedIn.json().result as { loginTime: string };
      const send = async (method: string, path: string, body?: string) => {
        const headers = { Guid: String(guid) };
        return (await client.send({ method, path, headers, ...(body === undefined ? {} : { body }) })).text;
      };
      const golden: readonly (readonly [string, string])[] = [
        [
          signedIn.text,
          `{"message":"","retcode":"0","result":{"vdnid":1,"workno":"291","mediatype":"TTF","loginTime":"${loginTime}","isForceChange":"false","serverName":"AgentGateway","timeRemaining":"9"}}`,
        ],
        [
          await send('GET', '/onlineagent/291/agentstatus'),
          '{"message":"","retcode":"0","result":{"agentState":5,"isWorking":false}}',
        ],
        [await send('POST', '/onlineagent/291/saybusy?reason=200'), '{"message":"","retcode":"0"}'],
        [await send('POST', '/onlineagent/291/sayfree'), '{"message":"","retcode":"0"}'],
        [
          await send('GET', '/agentevent/291'),
          '{"message":"","retcode":"0","event":{"eventType":"AgentOther_InService","workNo":"291","content":null}}',
        ],
        [
          await send('POST', '/onlineagent/291/cancelbusy'),
          '{"message":"this state change is not possible now","retcode":"100-009"}',
        ],
        [
          await send('DELETE', '/qualitycontrol/291/deleteqctask'),
          '{"message":"not offered by this server","retcode":"100-007"}',
        ],
        [
          await send('GET', '/onlineagent/291/nothing'),
          '{"message":"the address or one of its parameters is not valid","retcode":"000-002"}',
        ],
        [
          await send('PUT', '/onlineagent/292/loginex', `{"password":"","phonenum":"${PHONE}"}`),
          `{"message":"the phone ${PHONE} is in use","retcode":"100-003"}`,
        ],
        [
          await send('PUT', '/onlineagent/292/loginex', '{"password":"","ip":"::1"}'),
          '{"message":"ip must be valid text of at most 15 characters","retcode":"100-016"}',
        ],
        [
          await send('PUT', '/onlineagent/292/loginex', '{"password":"x"}'),
          '{"message":"wrong agent number or password","retcode":"100-004"}',
        ],
        [
          await send('GET', '/onlineagent/292/agentstatus'),
          '{"message":"the token belongs to another agent","retcode":"000-003"}',
        ],
      ];
      expect(golden.map(([seen]) => seen)).toEqual(golden.map(([, expected]) => expected));
    });
  });
});
