/** A place in an agent's log, as readers name it: `<epoch>.<sequence>` (rule DL-11). */
export interface EventPosition {
  /** Name of the history that the sequence belongs to. */
  readonly epoch: string;
  readonly sequence: number;
}

/** How a position is written. */
export const POSITION_PATTERN = '^[a-z0-9]{1,16}\\.(?:0|[1-9][0-9]{0,14})$';

/** The form that readers are told. */
export function positionToText({ epoch, sequence }: EventPosition): string {
  return `${epoch}.${sequence}`;
}

/** Reads a position that fits {@link POSITION_PATTERN}. */
export function positionFromText(text: string): EventPosition {
  const [epoch = '', sequence = ''] = text.split('.');
  return { epoch, sequence: Number(sequence) };
}
