import { parseArgs } from 'node:util';

export const MEASUREMENTS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P7'] as const;
export type Measurement = (typeof MEASUREMENTS)[number];
export type StoreKind = 'sqlite' | 'postgres';

/** What the command line asks for. */
export interface Options {
  readonly only: readonly Measurement[];
  readonly quick: boolean;
  readonly store: StoreKind;
  readonly profileFolder: string | undefined;
}

/** The command line says something that is not understood. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

export const USAGE = `npm run bench -- [--only P1,P2,P3,P4,P5,P7] [--quick] [--store sqlite|postgres] [--profile <folder>]`;

/** Reads the arguments. Throws {@link UsageFault}. */
export function readOptions(args: readonly string[]): Options {
  const { only, quick, store, profile } = parse(args);
  const asked = only?.split(',') ?? [];
  const unknown = asked.find((name) => !MEASUREMENTS.some((known) => known === name));
  if (unknown !== undefined) throw new UsageFault(`there is no measurement ${unknown}`);
  if (store !== 'sqlite' && store !== 'postgres') throw new UsageFault(`there is no store ${store}`);
  return {
    only: MEASUREMENTS.filter((name) => asked.length === 0 || asked.includes(name)),
    quick,
    store,
    profileFolder: profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        store: { type: 'string', default: 'sqlite' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (fault) {
    throw new UsageFault((fault as Error).message);
  }
}
