/** The embedded engine: one process, SQLite in its data folder. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { serviceEnv, type StartEngine } from './engine.ts';
import { Unit } from './unit.ts';

export const startSqlite: StartEngine = async (place) => {
  const { folder } = place;
  const apiKey = randomBytes(24).toString('base64url');
  const unit = new Unit('service', serviceEnv(place, join(folder, 'data'), apiKey), join(folder, 'service.log'));
  await unit.begin();
  return { name: 'sqlite', units: [unit], servers: [], apiKey, close: () => unit.close() };
};
