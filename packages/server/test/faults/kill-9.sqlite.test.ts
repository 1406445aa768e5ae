import { describeKill9 } from './support/kill-9-suite.ts';

describeKill9('sqlite');
