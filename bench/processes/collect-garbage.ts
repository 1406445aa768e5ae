/** Loaded into a server whose memory is measured: collects its garbage when `ServerProcess` asks for it. */
import { COLLECT_SIGNAL } from './memory.ts';

process.on(COLLECT_SIGNAL, () => globalThis.gc?.());
