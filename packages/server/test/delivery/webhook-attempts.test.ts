import { expect, it } from 'vitest';
import { isReceived, retryDelayMs } from '../../src/delivery/webhooks/attempts.ts';

it('a batch is sent again after a second, then after twice the time before, up to 5 minutes, cut by up to half [WH-12]', () => {
  const wholeS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
  expect(wholeS.map((_, index) => retryDelayMs(index + 1, 0) / 1_000)).toEqual(wholeS);
  expect(wholeS.map((_, index) => retryDelayMs(index + 1, 1) / 500)).toEqual(wholeS);
  expect(retryDelayMs(5_000, 0)).toBe(300_000);
});

it('any answer of 200 to 299 is a receipt [WH-11]', () => {
  const received = [199, 200, 202, 204, 299, 300, 302, 404, 410, 500].filter((status) =>
    isReceived({ kind: 'answered', status }),
  );
  expect(received).toEqual([200, 202, 204, 299]);
  expect(isReceived({ kind: 'failed', why: 'the connection was closed' })).toBe(false);
});
