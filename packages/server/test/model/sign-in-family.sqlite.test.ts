import { describeModel } from './support/model-suite.ts';

describeModel('sqlite');
