/** How a place in an agent's log is written: `<epoch>.<sequence>`. */
const POSITION = /^([a-z0-9]{1,16})\.(0|[1-9][0-9]{0,14})$/;

/** Where `to` lies, seen from `from`: right behind it, at it or before it, or out of its line. */
export type Step = 'next' | 'repeated' | 'apart';

/** What reading `to` after `from` means: sequences are dense, and positions of two epochs have no order (rule CL-15). */
export function stepBetween(from: string, to: string): Step {
  const [fromEpoch, fromSequence] = parts(from);
  const [toEpoch, toSequence] = parts(to);
  if (fromEpoch !== toEpoch) return 'apart';
  if (toSequence === fromSequence + 1) return 'next';
  return toSequence <= fromSequence ? 'repeated' : 'apart';
}

/** The place so many before this one; the beginning of its epoch where there are not so many. */
export function placeBefore(position: string, count: number): string {
  const [epoch, sequence] = parts(position);
  return `${epoch}.${Math.max(0, sequence - count)}`;
}

export function isPosition(text: string | null): text is string {
  return text !== null && POSITION.test(text);
}

function parts(position: string): readonly [epoch: string, sequence: number] {
  const [, epoch = '', sequence = ''] = POSITION.exec(position) ?? [];
  return [epoch, Number(sequence)];
}
