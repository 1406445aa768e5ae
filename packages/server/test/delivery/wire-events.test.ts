import { WIRE_EVENT_TYPES, type WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { toWireEvent } from '../../src/delivery/wire-events.ts';
import type { AgentEvent } from '../../src/domain/agent-session/agent-event.ts';
import { eventFromText, eventToText, UnreadableEventFault } from '../../src/storage/event-text.ts';

/** One of each kind of event that can be stored; the type makes a forgotten one a compile error. */
const EVERY_KIND: { readonly [Kind in AgentEvent['kind']]: readonly Extract<AgentEvent, { kind: Kind }>[] } =
  {
    agentSignedIn: [{ kind: 'agentSignedIn' }, { kind: 'agentSignedIn', textChat: true }],
    signInReadyAnnounced: [{ kind: 'signInReadyAnnounced' }],
    agentBecameReady: [{ kind: 'agentBecameReady' }],
    agentBecameNotReady: [{ kind: 'agentBecameNotReady', reason: 200 }],
    agentLeftNotReady: [{ kind: 'agentLeftNotReady' }],
    agentForcedReady: [{ kind: 'agentForcedReady', by: 290 as WorkNumber }],
    agentForcedNotReady: [{ kind: 'agentForcedNotReady', by: null, reason: 3 }],
    agentBeganRest: [{ kind: 'agentBeganRest', reason: 255 }],
    agentLeftRest: [{ kind: 'agentLeftRest' }],
    restRanOut: [{ kind: 'restRanOut' }],
    agentEnteredWrapUp: [{ kind: 'agentEnteredWrapUp' }],
    agentRequestedWrapUp: [{ kind: 'agentRequestedWrapUp' }],
    agentLeftWrapUp: [{ kind: 'agentLeftWrapUp' }],
    agentEngaged: [{ kind: 'agentEngaged' }],
    noteReceived: [
      {
        kind: 'noteReceived',
        from: 301 as WorkNumber,
        fromName: 'Ann',
        text: 'Tea?',
        sentAt: 1_471_585_949_806,
        utcOffsetMs: 37_800_000,
      },
      // As it was stored before offsets were kept.
      {
        kind: 'noteReceived',
        from: 301 as WorkNumber,
        fromName: 'Ann',
        text: 'Tea?',
        sentAt: 1_471_585_949_806,
      },
    ],
    bulletinReceived: [
      {
        kind: 'bulletinReceived',
        from: 302 as WorkNumber,
        fromName: 'Bob',
        text: 'Fire drill at noon.',
        sentAt: 1_471_585_949_806,
        utcOffsetMs: 7_200_000,
      },
    ],
    agentSignedOut: [
      { kind: 'agentSignedOut', reason: 'displaced', signedInAt: 1_471_585_949_806 },
      { kind: 'agentSignedOut', reason: 'bySelf', signedInAt: 1 },
    ],
    watchedAgentSignedIn: [
      { kind: 'watchedAgentSignedIn', agent: 301 as WorkNumber, name: 'Ann', server: 'ccs' },
    ],
    watchedAgentSignedOut: [
      { kind: 'watchedAgentSignedOut', agent: 301 as WorkNumber, name: 'Ann', server: 'textChat' },
    ],
  };
const events = Object.values(EVERY_KIND).flat();

describe('the translation of events', () => {
  it('gives each stored event one form or none, and reaches every name that is sent [DL-9] [NB-3] [NB-8] [FO-2]', () => {
    const wire = events.map((event) => toWireEvent(event, 291 as WorkNumber));
    expect(wire.map((event) => event?.eventType ?? null)).toEqual([
      'AgentOther_InService',
      'AgentOther_InService',
      'AgentState_Ready',
      'AgentState_Ready',
      'AgentState_SetNotReady_Success',
      'AgentState_CancelNotReady_Success',
      'AgentState_Force_Ready',
      'AgentState_Force_SetNotReady',
      'AgentState_SetRest_Success',
      'AgentState_CancelRest_Success',
      'AgentState_Rest_Timeout',
      'AgentState_Work',
      'AgentState_SetWork_Success',
      'AgentState_CancelWork_Success',
      'AgentState_Busy',
      'AgentOther_Note',
      'AgentOther_Note',
      'AgentOther_Bulletin',
      'AgentOther_ShutdownService',
      null,
      'QC_AgentState_Notify',
      'QC_AgentState_Notify',
    ]);
    expect(new Set(wire.flatMap((event) => event?.eventType ?? []))).toEqual(new Set(WIRE_EVENT_TYPES));
    expect(wire[4]).toEqual({
      eventType: 'AgentState_SetNotReady_Success',
      workNo: '291',
      content: { reason: '200' },
    });
    expect(wire[6]?.content).toEqual({ operator: '290' });
    expect(wire[7]?.content).toEqual({ operator: '0' });
    expect(wire[8]?.content).toEqual({ reason: '255' });
    const note = { sender: '301', sendername: 'Ann', context: 'Tea?', receivetime: '1471585949806' };
    expect(wire.at(-7)?.content).toEqual({ ...note, timestring: '2016-08-19 16:22:29' });
    expect(wire.at(-6)?.content).toEqual({ ...note, timestring: '2016-08-19 05:52:29' });
    expect(wire.at(-5)?.content).toEqual({
      sender: '302',
      sendername: 'Bob',
      context: 'Fire drill at noon.',
      receivetime: '1471585949806',
      timestring: '2016-08-19 07:52:29',
    });
    expect(wire.at(-4)?.content).toEqual({ loginTime: '1471585949806' });
    expect(wire.slice(-2).map((event) => event?.content)).toEqual([
      { subtype: 'QC_AgentState_Login', monitoredagent: '301', agentname: 'Ann', mediaserver: 'CtiServer' },
      { subtype: 'QC_AgentState_Logout', monitoredagent: '301', agentname: 'Ann', mediaserver: 'WebM' },
    ]);
  });

  it('a stored event is read as it was written; one of a later release is refused by name [DL-9]', () => {
    for (const event of events) expect(eventFromText(eventToText(event))).toEqual(event);
    expect(() => eventFromText('{"v":2,"kind":"agentSignedIn"}')).toThrow(UnreadableEventFault);
  });
});
