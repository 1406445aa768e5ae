import { describeStateMatrix } from './matrix-suite.ts';

describeStateMatrix('postgres');
