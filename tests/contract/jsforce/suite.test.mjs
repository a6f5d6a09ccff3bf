// One process for all cases: they share one simulator, so they must run one after the other.

import './auth.cases.mjs';
import './query.cases.mjs';
import './rows.cases.mjs';
import './fields.cases.mjs';
import './validation.cases.mjs';
import './composite.cases.mjs';
import './bulk.cases.mjs';
import './service.cases.mjs';
import './commerce.cases.mjs';
