import { describeLearnedSecret } from './learned-secret.suite.ts';

describeLearnedSecret('sqlite', async () => ({}));
