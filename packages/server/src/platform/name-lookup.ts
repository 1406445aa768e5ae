import { lookup } from 'node:dns/promises';

export interface NamedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. Rejects when it has none or cannot be asked for. */
export type NameLookup = (name: string) => Promise<readonly NamedAddress[]>;

/**
 * The system's own lookup takes one of the few threads that password hashing and the log need too, and may hold it for
 * many seconds: so no more than this at once, and one for all who ask for the same name at once.
 */
const MOST_AT_ONCE = 2;

/** Looks names up as the system does, hosts file included; nothing is remembered. */
export function systemLookup(): NameLookup {
  const running = new Map<string, Promise<readonly NamedAddress[]>>();
  const waiting: (() => void)[] = [];
  let free = MOST_AT_ONCE;
  const lookUp = async (name: string): Promise<readonly NamedAddress[]> => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await lookup(name, { all: true, order: 'verbatim' });
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
  return (name) => {
    const found = running.get(name) ?? lookUp(name).finally(() => running.delete(name));
    running.set(name, found);
    return found;
  };
}
