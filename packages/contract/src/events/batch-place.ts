/**
 * A place in the events of several VDNs, as the batch of a trusted peer names it: `<epoch>`, then `.<vdn>-<position>` for
 * each VDN of whose feed something was read (rule BP-3).
 */
export interface BatchPlace {
  readonly epoch: string;
  /** Feed positions by VDN. */
  readonly positions: ReadonlyMap<number, number>;
}

/** How a place is written. */
export const BATCH_PLACE_PATTERN = '^[a-z0-9]{1,16}(?:\\.[1-9][0-9]{0,4}-[1-9][0-9]{0,14})*$';
export const LONGEST_BATCH_PLACE = 4_000;

/** The form that peers are told. */
export function batchPlaceToText({ epoch, positions }: BatchPlace): string {
  const parts = [...positions]
    .filter(([, position]) => position > 0)
    .toSorted(([one], [other]) => one - other);
  return [epoch, ...parts.map(([vdn, position]) => `${vdn}-${position}`)].join('.');
}

/** Reads a place that fits {@link BATCH_PLACE_PATTERN}. */
export function batchPlaceFromText(text: string): BatchPlace {
  const [epoch = '', ...parts] = text.split('.');
  const positions = parts.map((part): readonly [number, number] => {
    const [vdn = '', position = ''] = part.split('-');
    return [Number(vdn), Number(position)];
  });
  return { epoch, positions: new Map(positions) };
}
