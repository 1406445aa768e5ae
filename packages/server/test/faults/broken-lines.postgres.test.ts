import { describeBrokenLines } from './broken-lines/suite.ts';

describeBrokenLines('postgres');
