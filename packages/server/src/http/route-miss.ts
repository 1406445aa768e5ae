import { BASE_PATH, FAMILIES, getAgentEvent, hasShapeOf, LATER_FAMILIES } from '@rollcall/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { KNOWN_OPERATIONS } from './known-operations.ts';
import { NOT_OFFERED_REPLY } from './later-answers.ts';
import { pathSegments, RESOURCE_JS_PATH } from './request-path.ts';
import { bodyOf, envelope, sendJson } from './send-reply.ts';

interface Miss {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly code: string;
}

/** Answers a request that no route has taken: 405, 404, or 200 (rules WI-7, WI-8, OC-7). */
export function answerMiss({ raw, facts }: FastifyRequest, reply: FastifyReply, clock: Clock): void {
  const segments = pathSegments(raw.url ?? '/');
  const base = BASE_PATH.split('/').slice(1);
  const isBelowBase = base.every((part, index) => segments[index] === part);
  const family = isBelowBase ? (segments[base.length] ?? '-') : '-';
  const miss = isResourceJs(segments)
    ? wrongMethod('GET')
    : missOf(raw.method ?? '', family, segments.slice(base.length));
  facts.family = isKnownFamily(family) ? family : '-';
  facts.code = miss.code;
  reply.hijack();
  // A poll that is refused waits, wherever it is refused (rule DL-5).
  if (family === 'agentevent') clock.after(getAgentEvent.refusalNotBeforeMs, () => sendJson(reply.raw, miss));
  else sendJson(reply.raw, miss);
}

function isResourceJs(segments: readonly string[]): boolean {
  return `/${segments.join('/')}` === RESOURCE_JS_PATH;
}

function wrongMethod(allow: string): Miss {
  return { status: 405, headers: ['Allow', allow], body: envelope('000-002'), code: '000-002' };
}

function isKnownFamily(family: string): boolean {
  return [...FAMILIES, ...LATER_FAMILIES].some((known) => known === family);
}

function missOf(method: string, family: string, segments: readonly string[]): Miss {
  if (LATER_FAMILIES.some((later) => later === family)) {
    return { status: 200, headers: [], body: bodyOf(NOT_OFFERED_REPLY), code: '100-007' };
  }
  if (!isKnownFamily(family)) return { status: 404, headers: [], body: envelope('000-002'), code: '000-002' };
  const known = KNOWN_OPERATIONS.filter(({ template }) => hasShapeOf(segments, template));
  const sameMethod = known.find(({ operation }) => operation.method === method);
  if (known.length > 0 && sameMethod === undefined) {
    const allow = [...new Set(known.map(({ operation }) => operation.method))].join(', ');
    return wrongMethod(allow);
  }
  // The shape is known, so a part of the path could not be read: it is not decodable or far too long.
  const code = sameMethod?.operation.access === 'password' ? '100-001' : '000-002';
  return { status: 200, headers: [], body: envelope(code), code };
}
