import { describeConformance } from './conformance/suite.ts';
import { localTarget } from './local-target.ts';

describeConformance(localTarget);
