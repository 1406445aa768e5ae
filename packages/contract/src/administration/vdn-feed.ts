import { type Static, Type } from 'typebox';
import { AgentSnapshot } from '../events/event-stream.ts';
import { VDN_ID } from '../operations/result-values.ts';

/** One agent of a VDN's feed, as it is when the row is sent. */
export const VdnFeedAgent = Type.Object({
  ...AgentSnapshot.properties,
  name: Type.String({ examples: ['Agent 291'] }),
  group: Type.Union([Type.Integer(), Type.Null()], { examples: [1] }),
});
export type VdnFeedAgent = Static<typeof VdnFeedAgent>;

/** Name and data of the blocks of a VDN's feed that tell agents; what a `snapshot` begins, `changes` go on with. */
export const VDN_FEED_SNAPSHOT = 'snapshot';
export const VDN_FEED_CHANGES = 'changes';
export const VdnFeedBlock = Type.Object({ vdn: VDN_ID, agents: Type.Array(VdnFeedAgent) });
export type VdnFeedBlock = Static<typeof VdnFeedBlock>;

/** Data of the first block, named `recovered`, of a VDN's feed. */
export const VdnFeedBeginning = Type.Object({
  recovered: Type.Boolean({ examples: [true] }),
});
export type VdnFeedBeginning = Static<typeof VdnFeedBeginning>;
