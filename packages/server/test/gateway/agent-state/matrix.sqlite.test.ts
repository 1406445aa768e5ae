import { describeStateMatrix } from './matrix-suite.ts';

describeStateMatrix('sqlite');
